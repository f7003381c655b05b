package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.FrameCodec;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.RoundUpdate;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Counts the bytes a fleet would move for the same run: messages with their headers and reports up; down to each participant the
 * replica when it joins, then whichever is smaller, the updates since its last round or the replica anew; a step
 * rule without updates costs a whole model each time. Sizes are those the
 * codecs give; nothing is encoded for it.
 */
final class Traffic {

    private final int dimension;
    private final boolean updated;
    private final long messageHeader;
    private final long updateHeader;
    private final long laterReplica;
    private final long[] fetchedUpTo;
    private final BitSet changed;
    private boolean allChanged;
    private long updates;
    private long uplink;
    private long downlink;

    /**
     * @param x the starting model, which every client fetches when it joins
     * @param divisors how many a step of this arm has: 1, or one a tensor
     * @param updated whether clients follow the model by updates; if not, they fetch it anew each round
     */
    Traffic(double[] x, int clients, int divisors, boolean updated) {
        this.updated = updated;
        dimension = x.length;
        changed = new BitSet(dimension);
        fetchedUpTo = new long[clients];
        CompressedVector nothing =
                new CompressedVector(new Support.Listed(dimension, new int[0]), ValueCoding.FLOAT64, new double[0]);
        long frame = FrameCodec.encodedSize(nothing);
        Report report = new Report(1, OptionalDouble.of(0), OptionalDouble.of(0), OptionalDouble.empty(), Map.of());
        messageHeader = new Message(1, 0, report, nothing).encode().length - frame;
        double[] ones = new double[divisors];
        Arrays.fill(ones, 1);
        updateHeader = new RoundUpdate(0, true, 1, ones, nothing).encode().length - frame;
        int overhead = new Replica(0, new double[1], new double[1]).encode().length - Float.BYTES;
        laterReplica = overhead + 2L * Double.BYTES * dimension;
        downlink = clients * (long) new Replica(0, x, new double[dimension]).encode().length;
    }

    /** Counts a message, and what it changes of the sum. */
    void sent(CompressedVector delta) {
        uplink += messageHeader + FrameCodec.encodedSize(delta);
        if (delta.support() instanceof Support.All) {
            allChanged = true;
            return;
        }
        for (int j = 0; j < delta.count(); j++) {
            changed.set(delta.index(j));
        }
    }

    /** Counts what a client fetches to know the model of the open round. */
    void fetched(int client) {
        if (!updated) {
            downlink += fetchedUpTo[client] == updates ? 0 : (long) Float.BYTES * dimension;
            fetchedUpTo[client] = updates;
            return;
        }
        downlink += Math.min(updates - fetchedUpTo[client], laterReplica);
        fetchedUpTo[client] = updates;
    }

    /** Closes a round: what its messages changed becomes an update. */
    void close() {
        updates += updateHeader + changesSize();
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
