package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.RoundUpdate;
import io.evenkeel.core.wire.SecAggFrames;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that a fleet would transfer for the same run. Uplink: messages with their headers and reports.
 * Downlink: each participant gets the replica when it joins, later the updates since its last round or a new replica,
 * whichever is smaller. A step rule without updates needs a whole model each time, and a lossy downlink the deltas or a
 * whole model. The codecs compute the sizes without encoding.
 */
final class Traffic {

    private final int dimension;
    private final Means means;
    private final long messageHeader;
    private final long slope;
    private final long slopeAndChange;
    private final long updateHeader;
    private final long anew;
    private final long[] fetchedUpTo;
    private final BitSet changed;
    private boolean allChanged;
    private double @Nullable [] lastSum;
    private long updates;
    private long uplink;
    private long downlink;

    /** The way in which clients follow the model. */
    enum Means {
        /** By updates of a replica. */
        UPDATES,
        /** By the deltas of a lossy downlink. */
        DELTAS,
        /** By a download of the whole model in each round. */
        WHOLE
    }

    /**
     * @param x the starting model, which every client downloads when it joins
     * @param divisors the number of divisors in a step of this arm: 1, or one for each tensor
     */
    Traffic(double[] x, int clients, int divisors, Means means) {
        this.means = means;
        dimension = x.length;
        changed = new BitSet(dimension);
        fetchedUpTo = new long[clients];
        CompressedVector nothing =
                new CompressedVector(new Support.Listed(dimension, new int[0]), ValueCoding.FLOAT64, new double[0]);
        long frame = FrameCodec.encodedSize(nothing);
        messageHeader = headerSize(nothing, Map.of()) - frame;
        long plain = headerSize(nothing, Map.of());
        slope = headerSize(nothing, Map.of(Report.SLOPE, 0.0)) - plain;
        slopeAndChange = headerSize(nothing, Map.of(Report.SLOPE, 0.0, Report.SLOPE_CHANGE, 0.0)) - plain;
        double[] ones = new double[divisors];
        Arrays.fill(ones, 1);
        updateHeader = new RoundUpdate(0, true, 1, ones, nothing).encode().length - frame;
        int overhead = new Replica(0, new double[1], new double[1]).encode().length - Float.BYTES;
        long whole = (long) Float.BYTES * dimension;
        anew = means == Means.UPDATES ? overhead + 2L * Double.BYTES * dimension : whole;
        long first = new Replica(0, x, new double[dimension]).encode().length;
        downlink = clients * (means == Means.DELTAS ? whole : first);
    }

    private static long headerSize(CompressedVector nothing, Map<String, Double> metrics) {
        Report report = new Report(1, OptionalDouble.of(0), OptionalDouble.of(0), OptionalDouble.empty(), metrics);
        return new Message(1, 0, report, nothing).encode().length;
    }

    /** Counts a slope in a message's report, with or without its change. */
    void sentSlope(boolean withChange) {
        uplink += withChange ? slopeAndChange : slope;
    }

    /** Counts a message, and records its changes to the sum. */
    void sent(CompressedVector delta) {
        uplink += messageHeader + FrameCodec.encodedSize(delta);
        change(delta);
    }

    /**
     * Counts a message as a masked vector, without the other steps of secure aggregation, and records its changes to
     * the sum.
     */
    void sentMasked(CompressedVector delta) {
        uplink += SecAggFrames.maskedBytes(delta.count() + VectorWords.EXTRA);
        change(delta);
    }

    private void change(CompressedVector delta) {
        if (delta.support() instanceof Support.All) {
            allChanged = true;
            return;
        }
        for (int j = 0; j < delta.count(); j++) {
            changed.set(delta.index(j));
        }
    }

    /**
     * Records a sum computed by a robust rule: an update has the coordinates that differ from the previous sum, instead
     * of those that messages changed.
     */
    void summed(double[] sum) {
        double[] before = lastSum == null ? new double[dimension] : lastSum;
        changed.clear();
        allChanged = false;
        for (int j = 0; j < dimension; j++) {
            if (sum[j] != before[j]) {
                changed.set(j);
            }
        }
        lastSum = sum.clone();
    }

    /** Counts a client's download of the model of the open round. */
    void fetched(int client) {
        downlink += Math.min(updates - fetchedUpTo[client], anew);
        fetchedUpTo[client] = updates;
    }

    /**
     * Closes a round: the changes of its messages become an update, or clients will download the delta.
     *
     * @param delta the delta of the clients' model; null without a lossy downlink, or if the model does not change
     */
    void close(@Nullable CompressedVector delta) {
        updates += switch (means) {
            case UPDATES -> updateHeader + changesSize();
            case DELTAS -> delta == null ? 0 : ModelDelta.encodedSize(delta);
            case WHOLE -> anew;
        };
        changed.clear();
        allChanged = false;
    }

    private long changesSize() {
        int count = allChanged ? dimension : changed.cardinality();
        if (count == dimension) {
            return FrameCodec.encodedSize(
                    new CompressedVector(new Support.All(count), ValueCoding.FLOAT64, new double[count]));
        }
        int[] indices = changed.stream().toArray();
        return FrameCodec.encodedSize(
                new CompressedVector(new Support.Listed(dimension, indices), ValueCoding.FLOAT64, new double[count]));
    }

    long uplink() {
        return uplink;
    }

    long downlink() {
        return downlink;
    }
}
