package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.http.BodyLimits;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Bounds the memory of messages while they are read and decoded, and while they wait for space in the queue. Thread-safe. */
@Component
public final class RequestMemory {

    private static final int PIECE = 1 << 16;

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final long most;
    private final AtomicLong held = new AtomicLong();

    @Autowired
    RequestMemory(HeapBudget budget) {
        this(budget.of(HeapBudget.Share.REQUEST_BODIES));
    }

    /** @param most bytes */
    RequestMemory(long most) {
        this.most = most;
    }

    /** Starts with nothing held. */
    public Hold hold() {
        return new Hold();
    }

    /** The memory that one message holds until it is closed. For one thread. */
    public final class Hold implements AutoCloseable {

        private long mine;

        /**
         * Holds more.
         *
         * @throws ProblemException {@code busy} if there is no room for it
         */
        public void take(long bytes) {
            long total = held.addAndGet(bytes);
            mine += bytes;
            if (total > most) {
                throw ProblemKind.BUSY
                        .because(
                                "the messages that come in now are more than the coordinator holds in memory at once",
                                "send the same message again after the time in Retry-After")
                        .retryAfter(PAUSE);
            }
        }

        /** Reads a body whose endpoint states its limit; holds twice its length. */
        public byte[] read(HttpServletRequest request) throws IOException {
            return body(request, 2);
        }

        /**
         * Reads a body; holds twice its length.
         *
         * @param limit the largest body
         * @param action what a sender of more does now
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
            // In pieces, as an array that grows takes three times its content.
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
            held.addAndGet(-mine);
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
