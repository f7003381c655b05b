package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory of messages while they are read and decoded, and while they wait for space in the queue. Thread-safe. */
final class RequestMemory {

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final long most;
    private final AtomicLong held = new AtomicLong();

    /** @param most bytes */
    RequestMemory(long most) {
        this.most = most;
    }

    /** Starts with nothing held. */
    Hold hold() {
        return new Hold();
    }

    /** What one message holds, until it is closed. For one thread. */
    final class Hold implements AutoCloseable {

        private long mine;

        /**
         * Holds more.
         *
         * @throws ProblemException {@code busy} if there is no room for it
         */
        void take(long bytes) {
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

        @Override
        public void close() {
            held.addAndGet(-mine);
            mine = 0;
        }
    }
}
