package io.evenkeel.operator;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The record of a closed round.
 *
 * @param round k
 * @param openedAt when it was opened
 * @param closedAt when its messages were summed
 * @param participants how many devices' messages are in it
 * @param members how many devices took part in the run
 * @param loss the participants' mean loss at x^k, weighted by samples; NaN if none reported one
 * @param metrics the participants' mean metrics by name, those that were reported
 * @param uplinkBytes bodies of the accepted messages
 * @param downlinkBytes bodies of the models and updates served for the round
 * @param denseUplinkBytes what the same messages would have been as plain float32
 * @param gamma the step size
 * @param directionNorm ||g||
 */
public record RoundFigures(
        int round,
        Instant openedAt,
        Instant closedAt,
        int participants,
        int members,
        double loss,
        Map<String, Double> metrics,
        long uplinkBytes,
        long downlinkBytes,
        long denseUplinkBytes,
        double gamma,
        double directionNorm) {

    public RoundFigures {
        metrics = Map.copyOf(metrics);
    }

    static RoundFigures of(JsonNode record) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        record.path("metrics")
                .properties()
                .forEach(
                        metric -> metrics.put(metric.getKey(), metric.getValue().asDouble(Double.NaN)));
        return new RoundFigures(
                record.path("round").asInt(),
                Instant.parse(record.path("openedAt").asString()),
                Instant.parse(record.path("closedAt").asString()),
                record.path("participants").asInt(),
                record.path("members").asInt(),
                record.path("loss").asDouble(Double.NaN),
                metrics,
                record.path("uplinkBytes").asLong(),
                record.path("downlinkBytes").asLong(),
                record.path("denseUplinkBytes").asLong(),
                record.path("gamma").asDouble(Double.NaN),
                record.path("directionNorm").asDouble(Double.NaN));
    }

    /** Returns the seconds from opening to closing, pauses included. */
    public double seconds() {
        return Duration.between(openedAt, closedAt).toMillis() / 1000.0;
    }
}
