package io.evenkeel.cli.runs.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What the records of closed rounds add up to. Not thread-safe. */
final class RunHistory {

    private final int first;
    private final List<Double> losses = new ArrayList<>();
    private final Map<String, Double> metrics = new TreeMap<>();
    private int next;
    private long uplinkBytes;
    private long denseUplinkBytes;
    private long downlinkBytes;
    private int sampled;
    private double gamma = Double.NaN;
    private double directionNorm = Double.NaN;

    /** Begins with a round; earlier ones are not counted. */
    RunHistory(int first) {
        this.first = first;
        this.next = first;
    }

    /** Adds the record of the next round. */
    void add(JsonNode round) {
        next = round.path("round").asInt() + 1;
        uplinkBytes += round.path("uplinkBytes").asLong();
        denseUplinkBytes += round.path("denseUplinkBytes").asLong();
        downlinkBytes += round.path("downlinkBytes").asLong();
        sampled = round.path("sampled").asInt();
        gamma = round.path("gamma").asDouble(Double.NaN);
        directionNorm = round.path("directionNorm").asDouble(Double.NaN);
        if (round.path("loss").isNumber()) {
            losses.add(round.path("loss").asDouble());
        }
        round.path("metrics")
                .properties()
                .forEach(
                        metric -> metrics.put(metric.getKey(), metric.getValue().asDouble(Double.NaN)));
    }

    /** Returns the first round that is counted. */
    int first() {
        return first;
    }

    /** Returns the first round that was not added yet. */
    int next() {
        return next;
    }

    /** Returns the mean losses of the rounds that had one, in order. */
    List<Double> losses() {
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

    /** Returns how many members were asked in the last round; 0 if none was closed. */
    int sampled() {
        return sampled;
    }

    double gamma() {
        return gamma;
    }

    double directionNorm() {
        return directionNorm;
    }
}
