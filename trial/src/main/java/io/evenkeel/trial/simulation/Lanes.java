package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.trial.experiment.GradientSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Computes several clients' gradients at once, each by one thread alone and into a place of its own, so that the figures do not
 * depend on the number of threads. How many at once depends on the threads and not on the clients. To be used by one thread.
 */
final class Lanes implements AutoCloseable {

    private static final int CLIENTS_A_LANE = 16;
    private static final long MOST_VALUES = 1L << 23;

    private final Gradients[] lanes;
    private final double[][] gradients;
    private final double[] losses;
    private final ExecutorService pool;

    Lanes(Fleet fleet, GradientSettings settings, long seed, int threads) {
        int d = fleet.losses().layout().dimension();
        lanes = new Gradients[threads];
        for (int lane = 0; lane < threads; lane++) {
            lanes[lane] = new Gradients(fleet, settings, seed);
        }
        long fitting = Math.max(threads, Math.min((long) threads * CLIENTS_A_LANE, MOST_VALUES / d));
        int places = threads == 1 ? 1 : (int) Math.min(fitting, fleet.losses().clients());
        gradients = new double[places][d];
        losses = new double[places];
        pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), task -> {
            Thread thread = new Thread(task, "pilot-lane");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Computes one client's loss and gradient. */
    @FunctionalInterface
    interface Task {

        double compute(Gradients lane, int client, double[] gradient);
    }

    /** Takes a client's results, in the order of the clients. */
    @FunctionalInterface
    interface Taker {

        /** Returns an array for a later client's gradient, such as the one taken; null to stop. */
        double @Nullable [] take(int client, double loss, double[] gradient);
    }

    /** Computes the clients' gradients and hands them over in order. Tells whether all were taken. */
    boolean forEach(Support clients, Task task, Taker taker) {
        for (int from = 0; from < clients.count(); from += gradients.length) {
            int count = Math.min(gradients.length, clients.count() - from);
            compute(clients, from, count, task);
            for (int place = 0; place < count; place++) {
                double[] next = taker.take(clients.index(from + place), losses[place], gradients[place]);
                if (next == null) {
                    return false;
                }
                gradients[place] = next;
            }
        }
        return true;
    }

    private void compute(Support clients, int from, int count, Task task) {
        List<Future<?>> others = new ArrayList<>(lanes.length - 1);
        for (int lane = 1; lane < Math.min(lanes.length, count); lane++) {
            int mine = lane;
            others.add(pool.submit(() -> lane(mine, clients, from, count, task)));
        }
        lane(0, clients, from, count, task);
        for (Future<?> other : others) {
            await(other);
        }
    }

    private void lane(int lane, Support clients, int from, int count, Task task) {
        for (int place = lane; place < count; place += lanes.length) {
            losses[place] = task.compute(lanes[lane], clients.index(from + place), gradients[place]);
        }
    }

    private static void await(Future<?> lane) {
        boolean interrupted = false;
        while (true) {
            try {
                lane.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw new IllegalStateException(e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
