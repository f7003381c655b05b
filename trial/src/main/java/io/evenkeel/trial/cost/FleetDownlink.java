package io.evenkeel.trial.cost;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;

/**
 * Computes the bytes that a device of an arm fetches when it takes part in a round.
 *
 * @param kind how they do
 * @param overlap of the supports that a round's update joins; null unless the kind is {@link Kind#UPDATES} and something was fetched
 * @param participation share of the devices in a round
 */
record FleetDownlink(Kind kind, @Nullable SupportOverlap overlap, double participation) {

    /** The bytes that {@code downlink=top-k:0.1+natural} fetches for each parameter, for any number of devices. */
    static final double LOSSY = UpdateBytes.of(0.1, 1);

    private static final double REPLICA = 2 * Double.BYTES;

    /** The form of the model that devices fetch. */
    enum Kind {
        /** A float32 model, as in training without compression. */
        MODEL,
        /** The exact update of the sum, on all coordinates that a message of the round has; more of them with more devices. */
        UPDATES,
        /** A form that does not depend on the number of devices: the deltas of a lossy downlink, or the model as it is. */
        INDEPENDENT
    }

    /** Returns whether a compressor sends all coordinates as they are. */
    static boolean isUncompressed(String compressor) {
        CompressorSpec spec = CompressorSpec.parse(compressor);
        return spec.selection() instanceof Selection.Identity
                && (spec.coding() == ValueCoding.FLOAT32 || spec.coding() == ValueCoding.FLOAT64);
    }

    /**
     * Returns the downlink by exact updates.
     *
     * @param compressor of the messages
     * @param dimension of the trial's model
     * @param messages in a round of the trial
     * @param fetched bytes for each parameter that a device fetched when it took part
     * @param participation share of the devices in a round
     */
    static FleetDownlink updates(
            String compressor, int dimension, double messages, double fetched, double participation) {
        double union = UpdateBytes.share(fetched * participation, Double.BYTES);
        CompressorSpec spec = CompressorSpec.parse(compressor);
        // How many coordinates a threshold selects is not known: independent supports are the cautious assumption.
        double share = spec.selection() instanceof Selection.Threshold
                ? -StrictMath.expm1(StrictMath.log1p(-union) / messages)
                : (double) spec.bind(TensorLayout.flat(dimension)).maxCount() / dimension;
        boolean known = union > 0 && union < 1 && share > 0 && share < 1;
        return new FleetDownlink(
                Kind.UPDATES, known ? SupportOverlap.fitted(share, messages, union) : null, participation);
    }

    /** Returns by which factor a device fetches more with other numbers of messages in a round. */
    double factor(double trial, double fleet) {
        return overlap == null ? 1 : fetched(fleet) / fetched(trial);
    }

    /** Returns the bytes for each parameter that a device fetches when it takes part, for a number of messages in a round. */
    private double fetched(double messages) {
        // A device that was absent fetches the updates that it missed, or the replica where that is smaller.
        double update = overlap == null ? 0 : UpdateBytes.of(overlap.union(messages), Double.BYTES);
        return Math.min(update / participation, REPLICA);
    }

    /** Returns what a device with a lossy downlink fetches for each parameter when it takes part. */
    double lossy() {
        return Math.min(LOSSY / participation, Float.BYTES);
    }
}
