package io.evenkeel.client.internal.training;

import io.evenkeel.client.Model;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.DeltaReader;
import io.evenkeel.core.wire.ModelDelta;

/** A device's copy of the model w in a run with a lossy downlink, 4 bytes per coordinate. Not thread-safe. */
final class LossyReplica {

    private final float[] w;
    private int round;

    /**
     * @param round the round k of w = w^k
     * @param w d values; not copied
     */
    LossyReplica(int round, float[] w) {
        this.w = w;
        this.round = round;
    }

    /** Returns the round k of w = w^k. */
    int round() {
        return round;
    }

    /**
     * Applies consecutive deltas.
     *
     * @param to the round that they must lead to
     * @throws io.evenkeel.core.frame.WireException if the bytes are not deltas
     * @throws IllegalArgumentException if they belong to other rounds
     */
    void advance(byte[] bytes, int to) {
        DeltaReader deltas = new DeltaReader(bytes, 0, bytes.length, FrameLimits.of(w.length));
        while (deltas.hasNext()) {
            ModelDelta delta = deltas.next();
            if (delta.round() != round) {
                throw new IllegalArgumentException("it starts at round " + delta.round() + ", expected " + round);
            }
            DeviceModel.repeat(delta.vector(), w);
            round++;
        }
        if (round != to) {
            throw new IllegalArgumentException("it ends at round " + round + ", expected " + to);
        }
    }

    /** Returns a copy as a model. */
    Model toModel(TensorLayout layout) {
        return Model.of(layout, round, w.clone());
    }
}
