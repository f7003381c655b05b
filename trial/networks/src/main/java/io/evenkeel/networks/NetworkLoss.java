package io.evenkeel.networks;

import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.loss.ClientLosses;
import io.evenkeel.trial.loss.Regularizer;
import io.evenkeel.trial.loss.Sharded;
import io.evenkeel.trial.loss.Smoothness;
import io.evenkeel.trial.loss.Worker;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mean cross entropy of a network over each client's images, and a regularizer. */
final class NetworkLoss implements ClientLosses {

    private final Trainer trainer;
    private final Images images;
    private final Sharded shards;
    private final Regularizer regularizer;

    NetworkLoss(Trainer trainer, Images images, Sharded shards, Regularizer regularizer) {
        this.trainer = trainer;
        this.images = images;
        this.shards = shards;
        this.regularizer = regularizer;
    }

    @Override
    public int clients() {
        return shards.clients();
    }

    @Override
    public TensorLayout layout() {
        return trainer.network().layout();
    }

    @Override
    public int samples(int client) {
        return shards.size(client);
    }

    @Override
    public boolean isSampled() {
        return true;
    }

    @Override
    public Worker worker() {
        return (int client, double[] x, int @Nullable [] batch, double[] gradient) -> {
            int[] chosen = new int[batch == null ? shards.size(client) : batch.length];
            Arrays.setAll(chosen, i -> shards.start(client) + (batch == null ? i : batch[i]));
            return trainer.gradient(x, images, chosen, gradient) + regularizer.addTo(x, gradient);
        };
    }

    @Override
    public Optional<double[]> suggestedStart(long seed) {
        return Optional.of(trainer.network().initialModel(seed));
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.empty();
    }
}
