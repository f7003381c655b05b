package io.evenkeel.cli.runs.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Totals and losses of the closed rounds. Not thread-safe. */
final class RunHistory {

    private final List<LossPoint> losses = new ArrayList<>();
    private final Map<String, Double> metrics = new TreeMap<>();
    private int next;
    private long uplinkBytes;
    private long denseUplinkBytes;
    private long downlinkBytes;
    private double tokens;
    private double gamma = Double.NaN;
    private double directionNorm = Double.NaN;

    /** Creates the history of a run without closed rounds. */
    RunHistory() {}

    /** Creates the history from the coordinator's sampled curves of all closed rounds; the totals count every round. */
    RunHistory(JsonNode series) {
        JsonNode rounds = series.path("round");
        int last = rounds.size() - 1;
        next = rounds.path(last).asInt(-1) + 1;
        uplinkBytes = series.path("uplinkBytes").path(last).asLong(0);
        denseUplinkBytes = series.path("denseUplinkBytes").path(last).asLong(0);
        downlinkBytes = series.path("downlinkBytes").path(last).asLong(0);
        tokens = series.path("tokens").path(last).asDouble(0);
        gamma = series.path("gamma").path(last).asDouble(Double.NaN);
        directionNorm = series.path("directionNorm").path(last).asDouble(Double.NaN);
        for (int i = 0; i <= last; i++) {
            add(rounds.path(i), series.path("loss").path(i));
        }
        series.path("metrics")
                .properties()
                .forEach(metric -> newest(metric.getValue()).ifPresent(value -> metrics.put(metric.getKey(), value)));
    }

    private void add(JsonNode round, JsonNode loss) {
        if (loss.isNumber()) {
            losses.add(new LossPoint(round.asInt(), loss.asDouble()));
        }
    }

    private static Optional<Double> newest(JsonNode values) {
        for (int i = values.size() - 1; i >= 0; i--) {
            if (values.path(i).isNumber()) {
                return Optional.of(values.path(i).asDouble());
            }
        }
        return Optional.empty();
    }

    void add(JsonNode round) {
        next = round.path("round").asInt() + 1;
        uplinkBytes += round.path("uplinkBytes").asLong();
        denseUplinkBytes += round.path("denseUplinkBytes").asLong();
        downlinkBytes += round.path("downlinkBytes").asLong();
        tokens += round.path("metrics").path("tokens").asDouble(0);
        gamma = round.path("gamma").asDouble(Double.NaN);
        directionNorm = round.path("directionNorm").asDouble(Double.NaN);
        add(round.path("round"), round.path("loss"));
        round.path("metrics")
                .properties()
                .forEach(
                        metric -> metrics.put(metric.getKey(), metric.getValue().asDouble(Double.NaN)));
    }

    /** Returns the first round that has not been added yet. */
    int next() {
        return next;
    }

    /** Returns the mean losses of the rounds that had one, in order. */
    List<LossPoint> losses() {
        return losses;
    }

    /** Returns the newest value of each metric, by name. */
    Map<String, Double> metrics() {
        return metrics;
    }

    long uplinkBytes() {
        return uplinkBytes;
    }

    long denseUplinkBytes() {
        return denseUplinkBytes;
    }

    long downlinkBytes() {
        return downlinkBytes;
    }

    /** Returns the number of tokens that the devices report having trained on. */
    double tokens() {
        return tokens;
    }

    double gamma() {
        return gamma;
    }

    double directionNorm() {
        return directionNorm;
    }

    /**
     * A round's loss.
     *
     * @param round its number
     * @param loss the mean of the losses reported
     */
    record LossPoint(int round, double loss) {}
}
