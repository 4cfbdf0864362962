package pinfold.cluster.member;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Lets only members join that are of the same build, as others would read messages and saved states in another way, and that keep as
 * many copies, as one directory for all and one for each do not go together.
 */
public final class SameSettings extends JoinConfigCompatChecker {
  /** The setting that says which build a member is of. */
  static final String BUILD = "pinfold.build";
  /** The setting that says how many other members keep a file: 0 means that all see one directory. */
  static final String COPIES = "pinfold.copies";

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(BUILD, COPIES)).toSeq();
  }

  @Override
  public ConfigValidation check(Config joining, Config here) {
    return JoinConfigCompatChecker.fullMatch(requiredKeys(), joining, here);
  }
}
