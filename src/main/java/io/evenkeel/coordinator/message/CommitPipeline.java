package io.evenkeel.coordinator.message;

import io.evenkeel.engine.message.Acceptance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches of messages from a queue and processes them in three {@link Steps}, each on its own thread:
 * while one batch is synced to disk, the next one is decided, and the bytes of the one after that are stored.
 * Batches keep their order.
 */
final class CommitPipeline {

    static final int MAX_BATCH = 256;

    private static final Logger LOG = LoggerFactory.getLogger(CommitPipeline.class);

    private static final long MAX_POLL_MILLIS = 100;

    /**
     * The number of queued messages from which a batch is taken even if the previous one is not decided yet.
     */
    private static final int FULL = 32;

    private static final long MAX_PARK_NANOS = 1_000_000;

    private final Steps steps;
    private final BlockingQueue<QueuedMessage> queue;
    private final long maxBytes;
    private final Results results;
    private final BlockingQueue<Batch> stored = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Batch> decided = new ArrayBlockingQueue<>(1);
    private final AtomicInteger undecided = new AtomicInteger();
    private final Thread storing = new Thread(this::storeUntilStopped, "group-commit-store");
    private final Thread deciding = new Thread(this::decideUntilStopped, "group-commit");
    private final Thread syncing = new Thread(this::syncUntilStopped, "group-commit-sync");
    private volatile boolean stopped;

    /** @param maxBytes the size from which a batch takes no further messages */
    CommitPipeline(Steps steps, BlockingQueue<QueuedMessage> queue, long maxBytes, Results results) {
        this.steps = steps;
        this.queue = queue;
        this.maxBytes = maxBytes;
        this.results = results;
    }

    /**
     * The steps for a batch of messages. They run in sequence for each batch, and concurrently for different
     * batches.
     *
     * <p>Each throws {@link org.springframework.dao.DataAccessException} if the database failed. It is then unknown
     * whether anything was written; sending the same message again clarifies that.
     */
    @FunctionalInterface
    interface Steps {

        /** Stores the bytes of messages that are kept outside the database. */
        default void store(List<QueuedMessage> batch) {}

        /**
         * Decides on messages in the given order.
         *
         * @return an outcome for each message
         */
        List<Acceptance> decide(List<QueuedMessage> batch);

        /** Returns once all decisions are durable. */
        default void sync() {}
    }

    /** Receives the outcomes of batches, on the pipeline's threads. */
    interface Results {

        /** Receives a durable batch. */
        void answer(Batch batch);

        /** Receives a batch for which a step or the response failed. */
        void fail(Batch batch, Throwable failure);

        /** Receives a batch after its response or failure. */
        void end(Batch batch);
    }

    /** A batch of messages that passes through the steps. */
    static final class Batch {

        /** Follows the last batch. */
        private static final Batch END = new Batch(List.of());

        private final List<QueuedMessage> messages;
        private final long start = System.nanoTime();
        private List<Acceptance> outcomes = List.of();

        private Batch(List<QueuedMessage> messages) {
            this.messages = messages;
        }

        List<QueuedMessage> messages() {
            return messages;
        }

        /** Returns the {@link System#nanoTime} when the messages were taken from the queue. */
        long start() {
            return start;
        }

        /** Returns the outcome of each message, once all are decided. */
        List<Acceptance> outcomes() {
            return outcomes;
        }
    }

    void start() {
        storing.start();
        deciding.start();
        syncing.start();
    }

    /** Processes all messages in the queue, and returns once they are answered. */
    void stop() throws InterruptedException {
        stopped = true;
        storing.join();
        deciding.join();
        syncing.join();
    }

    private void storeUntilStopped() {
        while (!stopped || !queue.isEmpty()) {
            if (undecided.get() > 0 && queue.size() < FULL) {
                // A small batch taken now would not be decided sooner, and would stay small.
                LockSupport.parkNanos(MAX_PARK_NANOS);
                continue;
            }
            List<QueuedMessage> messages = gather();
            if (!messages.isEmpty()) {
                Batch batch = new Batch(messages);
                if (tried(batch, () -> steps.store(messages))) {
                    undecided.incrementAndGet();
                    pass(batch, stored);
                }
            }
        }
        pass(Batch.END, stored);
    }

    private List<QueuedMessage> gather() {
        List<QueuedMessage> batch = new ArrayList<>();
        try {
            QueuedMessage next = queue.poll(MAX_POLL_MILLIS, TimeUnit.MILLISECONDS);
            long bytes = 0;
            while (next != null) {
                batch.add(next);
                bytes += next.bytes().length;
                next = batch.size() < MAX_BATCH && bytes < maxBytes ? queue.poll() : null;
            }
        } catch (InterruptedException e) {
            goOn(e);
        }
        return batch;
    }

    private void decideUntilStopped() {
        for (Batch batch = take(stored); batch != Batch.END; batch = take(stored)) {
            Batch next = batch;
            boolean isDecided = tried(next, () -> next.outcomes = steps.decide(next.messages));
            undecided.decrementAndGet();
            LockSupport.unpark(storing);
            if (isDecided) {
                pass(next, decided);
            }
        }
        pass(Batch.END, decided);
    }

    private void syncUntilStopped() {
        for (Batch batch = take(decided); batch != Batch.END; batch = take(decided)) {
            Batch next = batch;
            if (tried(next, () -> {
                steps.sync();
                results.answer(next);
            })) {
                results.end(next);
            }
        }
    }

    /** Runs a step, or fails the batch; returns whether the step succeeded. */
    private boolean tried(Batch batch, Runnable step) {
        try {
            step.run();
            return true;
        } catch (RuntimeException | Error e) {
            results.fail(batch, e);
            results.end(batch);
            return false;
        }
    }

    private static Batch take(BlockingQueue<Batch> from) {
        while (true) {
            try {
                return from.take();
            } catch (InterruptedException e) {
                goOn(e);
            }
        }
    }

    private static void pass(Batch batch, BlockingQueue<Batch> to) {
        while (true) {
            try {
                to.put(batch);
                return;
            } catch (InterruptedException e) {
                goOn(e);
            }
        }
    }

    /** No code interrupts these threads, and stopping them would leave requests without a response. */
    private static void goOn(InterruptedException interrupted) {
        LOG.debug("A thread of the group commit was interrupted and continues", interrupted);
    }
}
