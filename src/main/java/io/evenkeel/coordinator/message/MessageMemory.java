package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.http.BodyLimits;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Limits the memory of messages to a share of the heap in each of three stages: while they are read and
 * decoded, while they wait to be written, and while they are cached until their round is closed. Thread-safe.
 */
@Component
public final class MessageMemory {

    private static final int PIECE = 1 << 16;

    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** Three quarters of the group commit's share are for messages and their requests. */
    private static final int QUARTERS = 3;

    /**
     * A batch takes at most an eighth of the share. H2 keeps a transaction's pages in memory until its commit, and
     * copies them to write buffers: together these take the last quarter of the share.
     */
    private static final int BATCHES_IN_SHARE = 8;

    private static final long MAX_BATCH_BYTES = 64L << 20;

    /** The queue counts in units of this many bytes. */
    private static final int UNIT = 1 << 10;

    private final long maxReading;
    private final AtomicLong reading = new AtomicLong();
    private final int maxQueued;
    private final Semaphore free;
    private final long maxBatch;
    private final long maxDecoded;
    private final AtomicLong decoded = new AtomicLong();

    @Autowired
    MessageMemory(HeapBudget budget) {
        this(
                budget.of(HeapBudget.Share.REQUEST_BODIES),
                budget.of(HeapBudget.Share.GROUP_COMMIT),
                budget.of(HeapBudget.Share.DECODED_MESSAGES));
    }

    /**
     * @param reading the maximum number of bytes of messages that are read and decoded
     * @param commit the number of bytes for messages that wait to be written and for the database's copies of
     *     them
     * @param decoded the maximum number of bytes of accepted messages in decoded form
     */
    MessageMemory(long reading, long commit, long decoded) {
        this.maxReading = reading;
        this.maxQueued = (int) Math.max(1, Math.min(Integer.MAX_VALUE, commit / 4 * QUARTERS / UNIT));
        this.free = new Semaphore(maxQueued, true);
        this.maxBatch = Math.min(MAX_BATCH_BYTES, commit / BATCHES_IN_SHARE);
        this.maxDecoded = decoded;
    }

    /** Returns the maximum number of bytes of messages that are read and decoded at the same time. */
    long maxReading() {
        return maxReading;
    }

    /** Returns the size from which a transaction takes no further messages. */
    long maxBatch() {
        return maxBatch;
    }

    /** Waits until the queue has any space; returns whether it has. Callers are served in order. */
    boolean awaitQueue(Duration timeout) {
        boolean any = acquire(1, timeout);
        if (any) {
            free.release();
        }
        return any;
    }

    /**
     * Waits for space in the queue and reserves it; returns whether there was space. A message larger than
     * the queue must be alone in it.
     */
    boolean takeQueued(long bytes, Duration timeout) {
        return acquire(units(bytes), timeout);
    }

    void releaseQueued(long bytes) {
        free.release(units(bytes));
    }

    /** Returns the number of bytes of messages that wait to be written, a multiple of 1,024. */
    long queued() {
        return (long) UNIT * (maxQueued - free.availablePermits());
    }

    private int units(long bytes) {
        return (int) Math.min(maxQueued, bytes / UNIT + 1);
    }

    private boolean acquire(int units, Duration timeout) {
        try {
            return free.tryAcquire(units, timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Reserves memory for a decoded message that may be accepted; returns false if there is not enough. */
    boolean takeDecoded(long bytes) {
        if (decoded.addAndGet(bytes) <= maxDecoded) {
            return true;
        }
        releaseDecoded(bytes);
        return false;
    }

    void releaseDecoded(long bytes) {
        decoded.addAndGet(-bytes);
    }

    /** Returns the number of bytes of decoded messages. */
    long decoded() {
        return decoded.get();
    }

    /** Returns the hold of a new message, which has no memory yet. */
    public Hold hold() {
        return new Hold();
    }

    /**
     * The memory that one message holds while it is read and decoded; {@link #close} releases it. Not
     * thread-safe.
     */
    public final class Hold implements AutoCloseable {

        private long mine;

        /**
         * Reserves more memory.
         *
         * @throws ProblemException {@code busy} if there is not enough
         */
        public void take(long bytes) {
            long total = reading.addAndGet(bytes);
            mine += bytes;
            if (total > maxReading) {
                throw ProblemKind.BUSY
                        .because(
                                "the messages arriving now exceed the memory that the coordinator reserves for them, a"
                                        + " share of its heap (-Xmx)",
                                "send the same message again after the time in Retry-After")
                        .retryAfter(PAUSE);
            }
        }

        /** Reads a body whose endpoint declares its limit; reserves twice the body's length. */
        public byte[] read(HttpServletRequest request) throws IOException {
            return body(request, 2);
        }

        /**
         * Reads a body; reserves twice the body's length.
         *
         * @param limit the maximum size of the body
         * @param action what the sender of a larger body should do
         * @throws ProblemException {@code too-large}
         */
        public byte[] read(HttpServletRequest request, long limit, String action) throws IOException {
            return read(request, limit, action, 2);
        }

        byte[] read(HttpServletRequest request, long limit, String action, int blowUp) throws IOException {
            BodyLimits.apply(request, limit, action);
            return body(request, blowUp);
        }

        private byte[] body(HttpServletRequest request, int blowUp) throws IOException {
            InputStream in = request.getInputStream();
            long announced = request.getContentLengthLong();
            if (announced >= 0 && announced <= PIECE) {
                byte[] whole = new byte[(int) announced];
                int length = in.readNBytes(whole, 0, whole.length);
                take((long) blowUp * length);
                return length == whole.length ? whole : Arrays.copyOf(whole, length);
            }
            byte[] piece = in.readNBytes(PIECE);
            take((long) blowUp * piece.length);
            if (piece.length < PIECE) {
                return piece;
            }
            // Reads in pieces, because a growing array would take three times the size of its content.
            List<byte[]> pieces = new ArrayList<>();
            int size = 0;
            while (piece.length > 0) {
                pieces.add(piece);
                size += piece.length;
                piece = in.readNBytes(PIECE);
                take((long) blowUp * piece.length);
            }
            return joined(pieces, size);
        }

        @Override
        public void close() {
            reading.addAndGet(-mine);
            mine = 0;
        }
    }

    private static byte[] joined(List<byte[]> pieces, int size) {
        byte[] whole = new byte[size];
        int next = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, whole, next, piece.length);
            next += piece.length;
        }
        return whole;
    }
}
