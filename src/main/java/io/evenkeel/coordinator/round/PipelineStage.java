package io.evenkeel.coordinator.round;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes items in order to another thread while this one produces the next, with a bounded number of items in between.
 *
 * <p>Used by the thread that created it, except that {@link #put} may be called by another thread, such as that of the
 * previous stage. The effects of the other thread are visible after {@link #finish}.
 */
final class PipelineStage<T> implements AutoCloseable {

    private static final long MAX_POLL_SECONDS = 1;

    private final BlockingQueue<Optional<T>> between;
    private final Consumer<T> taker;
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private boolean ended;

    /**
     * @param name the other thread's
     * @param most the maximum number of items between the two threads
     * @param taker consumes items one by one
     */
    PipelineStage(String name, int most, Consumer<T> taker) {
        this.between = new ArrayBlockingQueue<>(most);
        this.taker = taker;
        thread = new Thread(this::takeAll, name);
        thread.start();
    }

    /** Passes an item on; after the consumer has failed, items are dropped, and {@link #finish} throws. */
    void put(T thing) {
        enter(Optional.of(thing));
    }

    /** Waits until everything is consumed, and rethrows the consumer's exception. */
    void finish() {
        close();
        Throwable thrown = failure;
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
    }

    /** Waits until everything is consumed. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            enter(Optional.empty());
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Waits for the current item before it stops: H2 closes its file if a thread is interrupted in a write.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void enter(Optional<T> piece) {
        boolean interrupted = false;
        boolean entered = false;
        while (!entered) {
            try {
                entered = between.offer(piece, MAX_POLL_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAll() {
        Optional<T> piece = next();
        while (piece.isPresent()) {
            try {
                if (failure == null) {
                    taker.accept(piece.get());
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            piece = next();
        }
    }

    private Optional<T> next() {
        while (true) {
            try {
                return between.take();
            } catch (InterruptedException ignored) {
                // Not expected to happen, because the thread ends with its input.
            }
        }
    }
}
