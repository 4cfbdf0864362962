package pinfold.cluster.files;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/** The members as the cluster knows them; the keeper of files has the same name on each. */
final class ClusterLinks implements MemberLinks {
  private final Cluster cluster;
  private final ActorRefResolver resolver;
  private final TreeMap<String, ActorRef<FileMessage>> keepers = new TreeMap<>();

  ClusterLinks(ActorSystem<?> system) {
    cluster = Cluster.get(system);
    resolver = ActorRefResolver.get(system);
  }

  private static String address(Member member) {
    return member.address().toString();
  }

  private Stream<Member> members() {
    return StreamSupport.stream(cluster.state().getMembers().spliterator(), false);
  }

  @Override
  public String self() {
    return address(cluster.selfMember());
  }

  @Override
  public List<String> up() {
    return members().filter(member -> member.status() == MemberStatus.up()).map(ClusterLinks::address).sorted().toList();
  }

  @Override
  public List<String> others() {
    List<String> ring = new ArrayList<>(up());
    ring.removeAll(cluster.state().getUnreachable().stream().map(ClusterLinks::address).toList());
    int here = Collections.binarySearch(ring, self());
    Collections.rotate(ring, -(here < 0 ? -here - 1 : here));
    ring.remove(self());
    return ring;
  }

  @Override
  public boolean isMember(String member) {
    return members().map(ClusterLinks::address).anyMatch(member::equals);
  }

  /** Without the number that tells a member from an earlier one at its address: whoever is there now gets it. */
  @Override
  public void tell(String member, FileMessage message) {
    keepers.computeIfAbsent(member, address -> resolver.resolveActorRef(address + "/system/" + FileActor.NAME)).tell(message);
  }
}
