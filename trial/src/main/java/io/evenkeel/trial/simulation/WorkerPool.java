package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.trial.experiment.GradientSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Computes several clients' gradients at once, each on one thread and into a separate buffer, so the figures do not
 * depend on the number of threads. The number computed at once depends only on the number of threads. Not thread-safe.
 */
final class WorkerPool implements AutoCloseable {

    private static final int CLIENTS_A_WORKER = 16;
    private static final long MAX_VALUES = 1L << 23;

    private final Gradients[] workers;
    private final double[][] gradients;
    private final double[][] seconds;
    private final double[] losses;
    private final ExecutorService pool;

    /**
     * @param pairs whether tasks compute two gradients
     */
    WorkerPool(Fleet fleet, GradientSettings settings, long seed, int threads, boolean pairs) {
        int d = fleet.losses().layout().dimension();
        workers = new Gradients[threads];
        for (int worker = 0; worker < threads; worker++) {
            workers[worker] = new Gradients(fleet, settings, seed);
        }
        long fitting = Math.max(threads, Math.min((long) threads * CLIENTS_A_WORKER, MAX_VALUES / d));
        int places = threads == 1 ? 1 : (int) Math.min(fitting, fleet.losses().clients());
        gradients = new double[places][d];
        seconds = new double[places][pairs ? d : 0];
        losses = new double[places];
        pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), task -> {
            Thread thread = new Thread(task, "pilot-worker");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Computes one client's loss and gradient, and a second gradient if needed. */
    @FunctionalInterface
    interface Task {

        double compute(Gradients worker, int client, double[] gradient, double[] second);
    }

    /** Receives the clients' results in the order of the clients. */
    @FunctionalInterface
    interface Taker {

        /** Returns whether to continue. The arrays are reused. */
        boolean take(int client, double loss, double[] gradient, double[] second);
    }

    /** Computes the clients' gradients and passes them on in order. Returns whether all were accepted. */
    boolean forEach(Support clients, Task task, Taker taker) {
        for (int from = 0; from < clients.count(); from += gradients.length) {
            int count = Math.min(gradients.length, clients.count() - from);
            compute(clients, from, count, task);
            for (int place = 0; place < count; place++) {
                if (!taker.take(clients.index(from + place), losses[place], gradients[place], seconds[place])) {
                    return false;
                }
            }
        }
        return true;
    }

    private void compute(Support clients, int from, int count, Task task) {
        CompletableFuture<?>[] others = IntStream.range(1, Math.min(workers.length, count))
                .mapToObj(worker -> CompletableFuture.runAsync(() -> worker(worker, clients, from, count, task), pool))
                .toArray(CompletableFuture[]::new);
        worker(0, clients, from, count, task);
        try {
            CompletableFuture.allOf(others).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void worker(int worker, Support clients, int from, int count, Task task) {
        for (int place = worker; place < count; place += workers.length) {
            losses[place] =
                    task.compute(workers[worker], clients.index(from + place), gradients[place], seconds[place]);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
