package pinfold.cluster.member;

import com.typesafe.config.Config;
import java.util.List;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Lets only members of the same build join: others would read messages and saved states in another way. */
public final class SameBuild extends JoinConfigCompatChecker {
  /** The setting that says which build a member is of. */
  static final String KEY = "pinfold.build";

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(KEY)).toSeq();
  }

  @Override
  public ConfigValidation check(Config joining, Config here) {
    return JoinConfigCompatChecker.fullMatch(requiredKeys(), joining, here);
  }
}
