package io.evenkeel.tools;

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
 * @param participants the number of devices whose messages are in it
 * @param members the number of members of the run
 * @param loss the participants' mean loss at x^k, weighted by samples; NaN if no participant reported one
 * @param metrics the participants' mean of each reported metric, by name
 * @param uplinkBytes bytes of the accepted messages' bodies
 * @param downlinkBytes bytes of the bodies of models and updates served for the round
 * @param denseUplinkBytes bytes of the same messages as dense float32
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

    /** Returns the seconds from opening to closing, including pauses. */
    public double seconds() {
        return Duration.between(openedAt, closedAt).toMillis() / 1000.0;
    }
}
