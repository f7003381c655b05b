package io.evenkeel.core.heap;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a coordinator's heap that a run needs.
 *
 * <p>With d parameters and at most c values in a message, a run takes {@code resident + work + 1 MiB}. With a lossy
 * downlink the devices' model w counts as a vector, and c includes the values of the downlink's message:
 *
 * <ul>
 *   <li>resident, (16 + 8 v + 1/8) d bytes: x, S and the step rule's v vectors, in double precision, and a bit for each
 *       coordinate of S that the round changed;
 *   <li>work, 8 d + 24 c bytes, on PostgreSQL 48 c, whose driver holds a message's row up to three times. This is the
 *       maximum over the steps of closing a round. Messages that are being read, decoded and collected take up to 6 d
 *       in addition to the largest message. The coordinates of an update and the choice of their coding take 7 d. A run
 *       whose S persists also rebuilds members' vectors, at any time, and takes (40 + 8 v) d instead of 8 d. So do
 *       secure aggregation and a lossy downlink. A run does only one of these at a time. A step rule that allocates
 *       values for a step adds 8 bytes for each. A mean over the senders of each coordinate adds 8 d.
 * </ul>
 *
 * @param compressor the devices' compressor, bound to the model
 * @param downlink the compressor of a lossy downlink; null if the downlink is lossless
 * @param step the coordinator's step rule
 * @param layout the model's tensors
 * @param rebuilds whether members' vectors are rebuilt: S persists over rounds, or aggregation is secure
 * @param scatters whether each coordinate is averaged over its senders; never true if S persists
 * @param followsUpstream whether the run belongs to a relay, which keeps the round of the coordinator above
 *     it
 * @param isOnPostgresql whether the database is PostgreSQL; otherwise it is H2
 */
public record RunHeap(
        Compressor compressor,
        @Nullable Compressor downlink,
        StepRule step,
        TensorLayout layout,
        boolean rebuilds,
        boolean scatters,
        boolean followsUpstream,
        boolean isOnPostgresql) {

    /**
     * The maximum bytes of a message in addition to its coordinates and values: those of the header, the
     * report and the frame's fixed fields.
     */
    public static final long REST_OF_MESSAGE = 16 << 10;

    private static final long BASE_BYTES = 1 << 20;

    /** The bytes per parameter for closing a round. */
    private static final long CLOSING = 8;

    /** The bytes per parameter for rebuilding a member's vector or the sum of a cohort, or for reading a history. */
    private static final long REBUILDING = 40;

    /** The bytes per parameter for reading the coordinates of an update, at most 7/8 d coordinates. */
    private static final long REPLAYING = 4;

    /** S of a waiting round, its mean, and two copies of its next model. */
    private static final long UPSTREAM_BYTES = 4L * Double.BYTES;

    /** The delta of a repeated round: stored, decoded, and dense. */
    private static final long UPSTREAM_DELTA = 3L * Double.BYTES;

    /**
     * Returns the maximum bytes of a binary message: as float32, or as float64 if the compressor prescribes it, with
     * any coordinates.
     */
    public static long maxMessageBytes(Compressor compressor) {
        long count = compressor.maxCount();
        int valueBytes = compressor.spec().coding() == ValueCoding.FLOAT64 ? Double.BYTES : Float.BYTES;
        // A list of indices, or a bit for each parameter.
        return REST_OF_MESSAGE
                + valueBytes * count
                + Math.min(Integer.BYTES * count, compressor.dimension() / Byte.SIZE);
    }

    /** Returns the bytes that an active run takes. */
    public long total() {
        long closing = work(CLOSING + (scatters ? Double.BYTES : 0));
        return resident() + (rebuilds || downlink != null ? history() : closing) + BASE_BYTES;
    }

    /** Returns the bytes that reading a run's history takes in addition to its model. */
    public long history() {
        return work(REBUILDING + (long) Double.BYTES * vectors());
    }

    /** Returns the bytes of a model that is rebuilt in addition to the newest one. */
    public long older() {
        return resident()
                + (REPLAYING + (followsUpstream ? UPSTREAM_DELTA : 0)) * dimension()
                + (downlink == null ? 0 : workPerValue() * downlink.maxCount())
                + BASE_BYTES;
    }

    /** Returns the bytes of a checkpoint's vectors. */
    public long checkpoint() {
        return checkpointBytesPerParameter() * dimension();
    }

    /** Returns the bytes of a checkpoint's vectors for each parameter of the model. */
    public long checkpointBytesPerParameter() {
        return Double.BYTES * (2L + vectors());
    }

    /**
     * Returns the bytes that receiving and decoding a message takes: twice its length while it arrives, and
     * its decoded values.
     */
    public long reading() {
        return 2 * maxMessageBytes(compressor) + 12L * compressor.maxCount();
    }

    /**
     * Returns the bytes of a message that waits to be stored: those of the message itself and the queue's
     * overhead.
     */
    public long queued() {
        return maxMessageBytes(compressor) * 4 / 3;
    }

    /** Returns the number of vectors of d values besides x and S. */
    public int vectors() {
        return step.vectors() + (downlink == null ? 0 : 1);
    }

    private long dimension() {
        return compressor.dimension();
    }

    private long resident() {
        return checkpoint() + dimension() / 8;
    }

    private long work(long perParameter) {
        long values = compressor.maxCount() + (downlink == null ? 0L : downlink.maxCount());
        return perParameter * dimension()
                + Double.BYTES * step.scratchValues(layout)
                + (followsUpstream ? UPSTREAM_BYTES * dimension() : 0)
                + workPerValue() * values;
    }

    private long workPerValue() {
        return isOnPostgresql ? 48 : 24;
    }
}
