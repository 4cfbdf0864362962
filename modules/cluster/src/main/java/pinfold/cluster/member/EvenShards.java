package pinfold.cluster.member;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.cluster.sharding.ShardCoordinator.AbstractShardAllocationStrategy;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;

/**
 * Gives each shard to the member with the fewest, and moves one at a time from the member with the most when it has two more than the
 * one with the fewest. Which member that is decides about speed alone: results do not depend on who has what.
 */
final class EvenShards extends AbstractShardAllocationStrategy {
  private static final Comparator<Map.Entry<ActorRef, IndexedSeq<String>>> BY_SHARDS = Comparator
      .<Map.Entry<ActorRef, IndexedSeq<String>>>comparingInt(region -> region.getValue().size())
      .thenComparing(region -> region.getKey().path().toString());

  private volatile int regions;

  /** Members that take shards, as far as the sharding has heard of them. */
  int regions() {
    return regions;
  }

  @Override
  public Future<ActorRef> allocateShard(ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> allocations) {
    regions = allocations.size();
    return Future.successful(allocations.entrySet().stream().min(BY_SHARDS).orElseThrow().getKey());
  }

  @Override
  public Future<Set<String>> rebalance(Map<ActorRef, IndexedSeq<String>> allocations, Set<String> underWay) {
    regions = allocations.size();
    if (allocations.isEmpty() || !underWay.isEmpty()) {
      return Future.successful(Set.of());
    }
    IndexedSeq<String> fewest = allocations.entrySet().stream().min(BY_SHARDS).orElseThrow().getValue();
    IndexedSeq<String> most = allocations.entrySet().stream().max(BY_SHARDS).orElseThrow().getValue();
    return Future.successful(most.size() - fewest.size() < 2 ? Set.of() : Set.of(most.last()));
  }
}
