package io.evenkeel.coordinator.message;

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
 * Takes batches of messages from a queue through three {@link Steps}, each on a thread of its own: while the disk works for one batch, the
 * next is decided, and the bytes of the one after are stored. Batches keep their order.
 */
final class CommitPipeline {

    static final int MAX_BATCH = 256;

    private static final Logger LOG = LoggerFactory.getLogger(CommitPipeline.class);

    private static final long MAX_POLL_MILLIS = 100;

    /** Messages that are taken before the batch before them is decided. */
    private static final int FULL = 32;

    private static final long MAX_PARK_NANOS = 1_000_000;

    private final Steps steps;
    private final BlockingQueue<Submission> queue;
    private final long maxBytes;
    private final Results results;
    private final BlockingQueue<Batch> stored = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<Batch> decided = new ArrayBlockingQueue<>(1);
    private final AtomicInteger undecided = new AtomicInteger();
    private final Thread storing = new Thread(this::storeUntilStopped, "group-commit-store");
    private final Thread deciding = new Thread(this::decideUntilStopped, "group-commit");
    private final Thread syncing = new Thread(this::syncUntilStopped, "group-commit-sync");
    private volatile boolean stopped;

    /** @param maxBytes bytes from which on a batch takes no further message */
    CommitPipeline(Steps steps, BlockingQueue<Submission> queue, long maxBytes, Results results) {
        this.steps = steps;
        this.queue = queue;
        this.maxBytes = maxBytes;
        this.results = results;
    }

    /**
     * What is done with a batch of messages, one step after the other, and with different batches at the same time.
     *
     * <p>Each throws {@link org.springframework.dao.DataAccessException} if the database failed: whether anything was written is uncertain,
     * and sending the same again finds out.
     */
    @FunctionalInterface
    interface Steps {

        /** Stores the bytes of messages that are not to be in the database. */
        default void store(List<Submission> batch) {}

        /**
         * Decides on messages in the order given.
         *
         * @return an outcome for each
         */
        List<BatchAcceptance.Outcome> decide(List<Submission> batch);

        /** Returns once all that was decided is on the disk. */
        default void sync() {}
    }

    /** Takes what has become of batches, on the pipeline's threads. */
    interface Results {

        /** Takes a batch that is on the disk. */
        void answer(Batch batch);

        /** Takes a batch of which a step or the answer failed. */
        void fail(Batch batch, Throwable failure);

        /** Takes a batch after its answer or failure. */
        void end(Batch batch);
    }

    /** Messages on their way through the steps. */
    static final class Batch {

        /** Follows the last batch. */
        private static final Batch END = new Batch(List.of());

        private final List<Submission> messages;
        private final long start = System.nanoTime();
        private List<BatchAcceptance.Outcome> outcomes = List.of();

        private Batch(List<Submission> messages) {
            this.messages = messages;
        }

        List<Submission> messages() {
            return messages;
        }

        /** Returns when the messages were taken from the queue, in {@link System#nanoTime}. */
        long start() {
            return start;
        }

        /** Returns the outcome of each message, once they are decided. */
        List<BatchAcceptance.Outcome> outcomes() {
            return outcomes;
        }
    }

    void start() {
        storing.start();
        deciding.start();
        syncing.start();
    }

    /** Takes all that is in the queue, and returns once it is answered. */
    void stop() throws InterruptedException {
        stopped = true;
        storing.join();
        deciding.join();
        syncing.join();
    }

    private void storeUntilStopped() {
        while (!stopped || !queue.isEmpty()) {
            if (undecided.get() > 0 && queue.size() < FULL) {
                // Taken now, a small batch would not be decided sooner, and would not grow.
                LockSupport.parkNanos(MAX_PARK_NANOS);
                continue;
            }
            List<Submission> messages = gather();
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

    private List<Submission> gather() {
        List<Submission> batch = new ArrayList<>();
        try {
            Submission next = queue.poll(MAX_POLL_MILLIS, TimeUnit.MILLISECONDS);
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

    /** Does a step, or fails the batch; returns whether it was done. */
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
        LOG.debug("A thread of the group commit was interrupted, and goes on", interrupted);
    }
}
