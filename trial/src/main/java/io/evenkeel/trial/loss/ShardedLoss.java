package io.evenkeel.trial.loss;

/** Base class of losses that are means over each client's samples, with a regularizer. */
abstract class ShardedLoss implements ClientLosses {

    final Sharded shards;
    final Regularizer regularizer;

    ShardedLoss(Sharded shards, Regularizer regularizer) {
        this.shards = shards;
        this.regularizer = regularizer;
    }

    @Override
    public final int clients() {
        return shards.clients();
    }

    @Override
    public final int samples(int client) {
        return shards.size(client);
    }
}
