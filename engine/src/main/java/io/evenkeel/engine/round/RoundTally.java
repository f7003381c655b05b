package io.evenkeel.engine.round;

import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.step.MemberLosses;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.message.IncludedMessage;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects a round's figures while its messages are processed one by one. Not thread-safe. */
public final class RoundTally {

    private final BitSet participants = new BitSet();
    private final WeightedMean loss = new WeightedMean();
    private final @Nullable SortedMap<Integer, Loss> losses;
    private final Slopes slopes = new Slopes();
    private final Slopes slopeChanges = new Slopes();
    private final Map<Integer, LossCheck.Report> reports = new HashMap<>();
    private final WeightedMean smoothness = new WeightedMean();
    private final Map<String, WeightedMean> metrics = new TreeMap<>();
    private double tokens = Double.NaN;
    private double largestSmoothness = Double.NaN;
    private @Nullable Double normAtLargest;
    private double weight;
    private long uplinkBytes;
    private int messages;
    private long newestMessage;
    private String receipts = "";
    private boolean isSkipped;

    /** Starts a round; {@code keepsLosses} says whether the losses by member are needed. */
    public RoundTally(boolean keepsLosses) {
        losses = keepsLosses ? new TreeMap<>() : null;
    }

    /** A member's newest loss in the round, with the member's weight. */
    private record Loss(double weight, double value) {}

    /** Makes the round close without a step. */
    public void skip() {
        isSkipped = true;
    }

    /** Returns whether the round closes without a step. */
    public boolean isSkipped() {
        return isSkipped;
    }

    public void add(int ordinal, double memberWeight, long sequence, Report report, int bytes) {
        newestMessage = Math.max(newestMessage, sequence);
        participants.set(ordinal);
        messages++;
        weight += memberWeight;
        uplinkBytes += bytes;
        report.loss().ifPresent(value -> {
            loss.add(value, memberWeight);
            if (losses != null) {
                losses.put(ordinal, new Loss(memberWeight, value));
            }
        });
        report.smoothness().ifPresent(value -> {
            smoothness.add(value, (double) report.samples());
            if (!(value <= largestSmoothness)) {
                largestSmoothness = value;
                normAtLargest = report.gradientNorm().isPresent()
                        ? (Double) report.gradientNorm().getAsDouble()
                        : null;
            }
        });
        Double slope = report.metrics().get(Report.SLOPE);
        if (slope != null) {
            slopes.add(slope, memberWeight);
            report.loss().ifPresent(value -> reports.put(ordinal, new LossCheck.Report(value, slope)));
        }
        Double change = report.metrics().get(Report.SLOPE_CHANGE);
        if (change != null) {
            slopeChanges.add(change, memberWeight);
        }
        report.metrics().forEach((name, value) -> metric(name, value, report.samples()));
    }

    private void metric(String name, double value, long samples) {
        if (name.equals(Report.TOKENS)) {
            tokens = Math.min(Report.MAX_COUNT, Double.isNaN(tokens) ? value : tokens + value);
        } else {
            metrics.computeIfAbsent(name, key -> new WeightedMean()).add(value, (double) samples);
        }
    }

    /** Records which messages are in the round. */
    public void receipts(List<IncludedMessage> entries) {
        receipts = IncludedMessage.hash(entries);
    }

    /** Returns the hash of the messages in the round. */
    public String receipts() {
        return receipts;
    }

    /** Adds the mean of the losses of members whose messages the coordinator cannot read. */
    public void addLoss(double mean, int reporters) {
        loss.add(mean, reporters);
    }

    public int participants() {
        return participants.cardinality();
    }

    public int messages() {
        return messages;
    }

    /** Returns the largest sequence number of a message, 0 without messages. */
    public long newestMessage() {
        return newestMessage;
    }

    /** Returns the sum of the senders' weights, one for each message. */
    public double weight() {
        return weight;
    }

    public long uplinkBytes() {
        return uplinkBytes;
    }

    /** Returns the mean of the losses, with the weights of the direction. */
    @Nullable
    public Double loss() {
        return loss.value();
    }

    /** Returns the losses by member; empty if they are not needed. */
    public MemberLosses losses() {
        if (losses == null) {
            return MemberLosses.NONE;
        }
        return new MemberLosses(
                losses.keySet().stream().mapToInt(Integer::intValue).toArray(),
                losses.values().stream().mapToDouble(Loss::weight).toArray(),
                losses.values().stream().mapToDouble(Loss::value).toArray());
    }

    /** Returns the newest loss and slope of each member that reports both. */
    public Map<Integer, LossCheck.Report> reports() {
        return reports;
    }

    /** Returns the mean of the slopes, NaN if none was reported. */
    public double slope() {
        return slopes.mean();
    }

    /** Returns the mean of the changes of slopes, NaN if none was reported. */
    public double slopeChange() {
        return slopeChanges.mean();
    }

    @Nullable
    public Double smoothness() {
        return smoothness.value();
    }

    @Nullable
    public Double largestSmoothness() {
        return Double.isNaN(largestSmoothness) ? null : largestSmoothness;
    }

    /** Returns the gradient's norm reported with the largest ratio, null if there is none. */
    @Nullable
    public Double normAtLargestSmoothness() {
        return normAtLargest;
    }

    /** Returns the means of the metrics reported, and the sum of the tokens. */
    public Map<String, Double> metrics() {
        Map<String, Double> means = new TreeMap<>();
        metrics.forEach((name, mean) -> {
            Double value = mean.value();
            if (value != null) {
                means.put(name, value);
            }
        });
        if (!Double.isNaN(tokens)) {
            means.put(Report.TOKENS, tokens);
        }
        return means;
    }

    /** A weighted mean; the plain mean if no value has a weight. Not thread-safe. */
    private static final class WeightedMean {

        private double weighted;
        private double weight;
        private double plain;
        private long count;

        void add(double value, double itsWeight) {
            weighted += itsWeight * value;
            weight += itsWeight;
            plain += value;
            count++;
        }

        /** Returns the mean, null if there are no values or the mean exceeds double's range. */
        @Nullable
        Double value() {
            double mean = weight > 0 ? weighted / weight : plain / count;
            return Double.isFinite(mean) ? mean : null;
        }
    }
}
