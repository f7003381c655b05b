package io.evenkeel.core.heap;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Divides the heap into shares. Everything that grows with traffic or models is limited by a share, and the shares add
 * up to the heap, so no combination of loads can exhaust it. Immutable; thread-safe.
 *
 * <p>The models' share is the remainder. docs/memory.md lists the shares, and the memory that a run needs.
 */
public final class HeapBudget {

    /**
     * The number of bytes that a suspended request takes, mostly in the web server: 42.6 kB, as measured by
     * benchmarks/waiting.py, plus a margin.
     */
    public static final int WAITING_BYTES = 44 << 10;

    /**
     * The default of {@code evenkeel.rounds.waiting-devices}: the maximum number of devices that wait at a
     * coordinator at the same time.
     */
    public static final int DEFAULT_WAITING_DEVICES = 10_000;

    /**
     * The default of {@code evenkeel.events.streams}: the maximum number of event streams that a coordinator
     * serves.
     */
    public static final int DEFAULT_STREAMS = 200;

    private static final int PARTS = 32;

    /** The live objects of an idle coordinator, including the caches and buffers of H2 and the connection pool. */
    private static final long FIXED_BYTES = 64L << 20;

    /** The parts of the heap that waiting devices may take if an operator has set their number. */
    private static final int WAITING_PARTS_IF_SET = PARTS / 2;

    /** Suggested heap sizes are multiples of this. */
    private static final long STEP = 64L << 20;

    private final long heap;
    private final int waitingParts;
    private final long waitingBytes;
    private final long streamBytes;
    private final Map<Share, Long> shares = new EnumMap<>(Share.class);

    /** The shares of the heap. */
    public enum Share {
        /**
         * Everything that does not depend on traffic: class metadata, beans, the database's page cache, connections.
         */
        FIXED(0),
        /** Headroom for the garbage collector, and for requests' garbage between two collections. */
        COLLECTOR(2),
        /** Message bodies while they are received and decoded. */
        REQUEST_BODIES(4),
        /** Readers of event streams. */
        EVENT_STREAMS(1),
        /** Requests of devices that wait for work; shared with {@link #EVENT_STREAMS}. */
        WAITING_DEVICES(8),
        /** Messages waiting to be written, and the database driver's copies of those being written. */
        GROUP_COMMIT(2),
        /** Accepted messages kept decoded until their round is closed. */
        DECODED_MESSAGES(2),
        /** Buffers of completed requests that the web server keeps for later requests. */
        WEB_SERVER(1),
        /** Models, and the work on them: closing rounds, downloads, uploads, recovery, exports and imports. */
        MODELS(0);

        private final int parts;

        /** Returns the name in metrics and responses, such as {@code request-bodies}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        Share(int parts) {
            this.parts = parts;
        }
    }

    /**
     * Divides a heap, with at most a quarter for waiting devices.
     *
     * @param heap the maximum size of the heap in bytes
     * @param waitingBytes the maximum bytes of waiting devices; the rest of their share goes to models
     * @param streamBytes the maximum bytes of event streams, which are taken from the share of waiting devices
     */
    public HeapBudget(long heap, long waitingBytes, long streamBytes) {
        this(heap, Share.WAITING_DEVICES.parts, waitingBytes, streamBytes);
    }

    private HeapBudget(long heap, int waitingParts, long waitingBytes, long streamBytes) {
        this.heap = heap;
        this.waitingParts = waitingParts;
        this.waitingBytes = waitingBytes;
        this.streamBytes = streamBytes;
        long left = heap;
        for (Share share : Share.values()) {
            long bytes = switch (share) {
                case FIXED -> Math.min(FIXED_BYTES, heap / 2);
                case EVENT_STREAMS -> Math.min(streamBytes, part(share.parts));
                case WAITING_DEVICES -> Math.min(waitingBytes, part(waitingParts) - of(Share.EVENT_STREAMS));
                case COLLECTOR, REQUEST_BODIES, GROUP_COMMIT, DECODED_MESSAGES, WEB_SERVER -> part(share.parts);
                // The last share.
                case MODELS -> Math.max(0, left);
            };
            // If the heap is too small for all shares, the later ones get the remainder.
            bytes = Math.min(bytes, left);
            shares.put(share, bytes);
            left -= bytes;
        }
    }

    /** Divides a heap of a coordinator with the default settings. */
    public static HeapBudget ofDefaults(long heap) {
        return ofSettings(heap, null, DEFAULT_STREAMS);
    }

    /**
     * Divides a heap according to the settings of a coordinator.
     *
     * @param heap the maximum size of the heap in bytes
     * @param waitingDevices the maximum number of waiting devices, which get up to half of the heap. Null for the
     *     default, {@link #DEFAULT_WAITING_DEVICES}, but at most a quarter of the heap
     * @param streams the maximum number of event streams
     */
    public static HeapBudget ofSettings(long heap, @Nullable Integer waitingDevices, int streams) {
        return new HeapBudget(
                heap,
                waitingDevices == null ? Share.WAITING_DEVICES.parts : WAITING_PARTS_IF_SET,
                (long) (waitingDevices == null ? DEFAULT_WAITING_DEVICES : waitingDevices) * WAITING_BYTES,
                (long) streams * WAITING_BYTES);
    }

    private long part(int parts) {
        return heap / PARTS * parts;
    }

    /** Returns the maximum size of the heap in bytes. */
    public long heap() {
        return heap;
    }

    /** Returns a share in bytes. */
    public long of(Share share) {
        return shares.getOrDefault(share, 0L);
    }

    /**
     * Returns the smallest heap that is a multiple of 64 MiB and has a share of at least this many bytes.
     *
     * @throws IllegalArgumentException if the share is smaller in every heap
     */
    public long heapFor(Share share, long bytes) {
        long largest = new HeapBudget(Long.MAX_VALUE, waitingParts, waitingBytes, streamBytes).of(share);
        if (bytes > largest) {
            throw new IllegalArgumentException(
                    "the share " + share.text() + " has at most " + largest + " bytes, which is less than " + bytes);
        }
        long enough = STEP;
        while (new HeapBudget(enough, waitingParts, waitingBytes, streamBytes).of(share) < bytes) {
            enough += STEP;
        }
        return enough;
    }

    /** Returns the smallest heap that is a multiple of 64 MiB and has room for a run and its messages. */
    public long heapFor(RunHeap run) {
        return Math.max(
                heapFor(Share.MODELS, run.total()),
                Math.max(heapFor(Share.REQUEST_BODIES, run.reading()), heapFor(Share.GROUP_COMMIT, run.queued())));
    }
}
