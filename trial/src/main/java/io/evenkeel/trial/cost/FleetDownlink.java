package io.evenkeel.trial.cost;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;

/**
 * Computes the bytes that a device of an arm downloads when it takes part in a round.
 *
 * @param kind the form of the download
 * @param overlap the overlap of the supports in a round's update; null unless the kind is {@link Kind#UPDATES}
 *     and something was downloaded
 * @param participation share of the devices in a round
 */
record FleetDownlink(Kind kind, @Nullable SupportOverlap overlap, double participation) {

    /** The bytes per parameter of {@code downlink=top-k:0.1+natural}, for any number of devices. */
    static final double LOSSY = UpdateBytes.of(0.1, 1);

    private static final double REPLICA = 2 * Double.BYTES;

    /** The form in which devices download the model. */
    enum Kind {
        /** A float32 model, as in training without compression. */
        MODEL,
        /**
         * The exact update of the sum, on all coordinates that occur in a message of the round; more devices
         * change more coordinates.
         */
        UPDATES,
        /**
         * A form that does not depend on the number of devices: the deltas of a lossy downlink, or the unchanged model.
         */
        INDEPENDENT
    }

    /** Returns whether a compressor sends all coordinates unchanged. */
    static boolean isUncompressed(String compressor) {
        CompressorSpec spec = CompressorSpec.parse(compressor);
        return spec.selection() instanceof Selection.Identity
                && (spec.coding() == ValueCoding.FLOAT32 || spec.coding() == ValueCoding.FLOAT64);
    }

    /**
     * Returns a downlink that consists of exact updates.
     *
     * @param compressor the compressor of the messages
     * @param dimension the dimension of the trial's model
     * @param messages the number of messages in a round of the trial
     * @param fetched the bytes per parameter that a participating device downloaded
     * @param participation share of the devices in a round
     */
    static FleetDownlink updates(
            String compressor, int dimension, double messages, double fetched, double participation) {
        double union = UpdateBytes.share(fetched * participation, Double.BYTES);
        CompressorSpec spec = CompressorSpec.parse(compressor);
        // The number of coordinates that a threshold selects is unknown: independent supports are the conservative
        // assumption.
        double share = spec.selection() instanceof Selection.Threshold
                ? -StrictMath.expm1(StrictMath.log1p(-union) / messages)
                : (double) spec.bind(TensorLayout.flat(dimension)).maxCount() / dimension;
        boolean known = union > 0 && union < 1 && share > 0 && share < 1;
        return new FleetDownlink(
                Kind.UPDATES, known ? SupportOverlap.fitted(share, messages, union) : null, participation);
    }

    /**
     * Returns the factor by which the downloads of a device grow for a different number of messages per
     * round.
     */
    double factor(double trial, double fleet) {
        return overlap == null ? 1 : fetched(fleet) / fetched(trial);
    }

    /** Returns the bytes per parameter that a participating device downloads, for a number of messages in a round. */
    private double fetched(double messages) {
        // A device that was absent downloads the updates that it missed, or the replica if that is smaller.
        double update = overlap == null ? 0 : UpdateBytes.of(overlap.union(messages), Double.BYTES);
        return Math.min(update / participation, REPLICA);
    }

    /** Returns the bytes per parameter that a participating device downloads with a lossy downlink. */
    double lossy() {
        return Math.min(LOSSY / participation, Float.BYTES);
    }
}
