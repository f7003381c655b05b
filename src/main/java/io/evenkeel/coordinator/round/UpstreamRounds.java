package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.engine.round.RoundTally;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * For runs with the step {@code upstream}, provides each round's sum and accepts its next model. Both are only in
 * memory: after a restart a frozen round is summed again, with the same bits, and the upstream run provides its model
 * again. Thread-safe.
 */
@Component
public class UpstreamRounds {

    private final ApplicationEventPublisher events;
    private final Map<Long, Sum> sums = new HashMap<>();
    private final Map<Long, Next> models = new HashMap<>();

    UpstreamRounds(ApplicationEventPublisher events) {
        this.events = events;
    }

    /** The sum of the members of a frozen round. */
    public static final class Sum {

        private final int round;
        private final double[] values;
        private final double weight;
        private final int messages;
        private final OptionalDouble loss;
        private final Map<String, Double> metrics;

        private Sum(
                int round,
                double[] values,
                double weight,
                int messages,
                OptionalDouble loss,
                Map<String, Double> metrics) {
            this.round = round;
            this.values = values;
            this.weight = weight;
            this.messages = messages;
            this.loss = loss;
            this.metrics = metrics;
        }

        /**
         * @param sum S of the round; not copied
         */
        static Sum of(int round, double[] sum, RoundAggregation.Aggregate aggregate) {
            RoundTally tally = aggregate.tally();
            Double loss = tally.loss();
            return new Sum(
                    round,
                    sum,
                    aggregate.weight(),
                    tally.messages(),
                    loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss),
                    tally.metrics());
        }

        /** Returns the members' mean, S/W: d values in a new array. All are 0 if the total weight is 0. */
        public double[] mean() {
            double[] mean = new double[values.length];
            for (int j = 0; weight > 0 && j < mean.length; j++) {
                mean[j] = values[j] / weight;
            }
            return mean;
        }

        /** Returns W. */
        public double weight() {
            return weight;
        }

        /** Returns how many messages of the round it contains. */
        public int messages() {
            return messages;
        }

        /** Returns the mean of the losses that the round's members report. */
        public OptionalDouble loss() {
            return loss;
        }

        /** Returns the means of the metrics that members report. */
        public Map<String, Double> metrics() {
            return metrics;
        }
    }

    private static final class Next {

        private final int round;
        private final double[] model;

        private Next(int round, double[] model) {
            this.round = round;
            this.model = model;
        }
    }

    synchronized boolean hasSum(long run, int round) {
        Sum sum = sums.get(run);
        return sum != null && sum.round == round;
    }

    synchronized void offer(long run, Sum sum) {
        sums.put(run, sum);
        notifyAll();
    }

    /** Returns a round's next model, d values, not to be modified; null if it has not arrived. */
    synchronized double @Nullable [] next(long run, int round) {
        Next next = models.get(run);
        return next != null && next.round == round ? next.model : null;
    }

    /** Drops the data of a run whose round is closed, or which another coordinator advances. */
    synchronized void forget(long run) {
        sums.remove(run);
        models.remove(run);
        notifyAll();
    }

    /**
     * Returns the sum of a round's members, once it is frozen.
     *
     * @param most the maximum wait
     * @return null if it is not available in time
     */
    public synchronized @Nullable Sum awaitSum(long run, int round, Duration most) throws InterruptedException {
        return await(() -> hasSum(run, round), most) ? sums.get(run) : null;
    }

    /** Waits until a round that has its next model is closed; returns false if it takes too long. */
    public boolean awaitClosed(long run, int round, Duration most) throws InterruptedException {
        return await(() -> next(run, round) == null, most);
    }

    private synchronized boolean await(BooleanSupplier condition, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        boolean holds = condition.getAsBoolean();
        for (long left = most.toMillis(); !holds && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
            holds = condition.getAsBoolean();
        }
        return holds;
    }

    /**
     * Gives a round its next model, and advances the run if the round is frozen.
     *
     * @param model d finite values; not copied
     */
    public void supply(long run, int round, double[] model) {
        synchronized (this) {
            models.put(run, new Next(round, model));
        }
        events.publishEvent(new RunChanged(run));
    }
}
