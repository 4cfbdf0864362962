package pinfold.cluster.member;

import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;

/** Groups with the same number share a shard, whatever their run: the least loaded member gets the next number. */
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
