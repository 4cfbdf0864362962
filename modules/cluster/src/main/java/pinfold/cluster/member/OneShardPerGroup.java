package pinfold.cluster.member;

import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;

/**
 * The shard that a group's entity id names: one per number of a group, whatever the run, and one per place for runs that stay on one
 * member. The least loaded member gets the next shard.
 */
final class OneShardPerGroup extends ShardingMessageExtractor<ShardingEnvelope<ClusterMessage>, ClusterMessage> {
  @Override
  public String entityId(ShardingEnvelope<ClusterMessage> envelope) {
    return envelope.entityId();
  }

  @Override
  public String shardId(String entityId) {
    return entityId.substring(entityId.lastIndexOf('/') + 1);
  }

  @Override
  public ClusterMessage unwrapMessage(ShardingEnvelope<ClusterMessage> envelope) {
    return envelope.message();
  }
}
