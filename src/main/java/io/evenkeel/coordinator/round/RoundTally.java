package io.evenkeel.coordinator.round;

import io.evenkeel.core.wire.Report;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Gathers a round's figures while its messages stream by. Not thread-safe. */
final class RoundTally {

    private final BitSet participants = new BitSet();
    private final WeightedMean loss = new WeightedMean();
    private final WeightedMean smoothness = new WeightedMean();
    private final Map<String, WeightedMean> metrics = new TreeMap<>();
    private double largestSmoothness = Double.NaN;
    private @Nullable Double normAtLargest;
    private double weight;
    private long uplinkBytes;
    private int messages;
    private long newestMessage;

    void add(int ordinal, double memberWeight, long sequence, Report report, int bytes) {
        newestMessage = Math.max(newestMessage, sequence);
        participants.set(ordinal);
        messages++;
        weight += memberWeight;
        uplinkBytes += bytes;
        report.loss().ifPresent(value -> loss.add(value, report.samples()));
        report.smoothness().ifPresent(value -> {
            smoothness.add(value, report.samples());
            if (!(value <= largestSmoothness)) {
                largestSmoothness = value;
                normAtLargest = report.gradientNorm().isPresent()
                        ? (Double) report.gradientNorm().getAsDouble()
                        : null;
            }
        });
        report.metrics()
                .forEach((name, value) ->
                        metrics.computeIfAbsent(name, key -> new WeightedMean()).add(value, report.samples()));
    }

    /** Adds the mean of the losses of so many members whose messages nobody can read. */
    void addLoss(double mean, int reporters) {
        loss.add(mean, reporters);
    }

    int participants() {
        return participants.cardinality();
    }

    int messages() {
        return messages;
    }

    /** Returns the largest sequence number of a message, 0 without messages. */
    long newestMessage() {
        return newestMessage;
    }

    /** Returns the sum of the senders' weights, one for each message. */
    double weight() {
        return weight;
    }

    long uplinkBytes() {
        return uplinkBytes;
    }

    @Nullable
    Double loss() {
        return loss.value();
    }

    @Nullable
    Double smoothness() {
        return smoothness.value();
    }

    @Nullable
    Double largestSmoothness() {
        return Double.isNaN(largestSmoothness) ? null : largestSmoothness;
    }

    /** Returns the gradient's norm that came with the largest ratio, null if none did. */
    @Nullable
    Double normAtLargestSmoothness() {
        return normAtLargest;
    }

    Map<String, Double> metrics() {
        Map<String, Double> means = new TreeMap<>();
        metrics.forEach((name, mean) -> {
            Double value = mean.value();
            if (value != null) {
                means.put(name, value);
            }
        });
        return means;
    }
}
