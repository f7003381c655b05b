package io.evenkeel.engine.round;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.engine.chain.ContentHash;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The record of a closed round. The mean loss uses the members' weights; other means use the numbers of samples that
 * the devices reported.
 *
 * @param round k
 * @param openedAt the time when it was opened
 * @param closedAt the time when its messages were summed
 * @param participants the number of clients whose messages are in it
 * @param sampled the number of members asked
 * @param members the number of members of the run
 * @param uplinkBytes bytes of the accepted messages
 * @param downlinkBytes bytes of models, updates and replicas served while it was open; lost with a restart
 * @param denseUplinkBytes bytes of the messages as uncompressed float32
 * @param loss the mean of the losses reported
 * @param directionNorm ||g||, the length of the step's direction
 * @param gamma the step size, including the step rule's factor
 * @param metrics the means of the metrics reported; for {@code tokens}, the sum
 * @param smoothness the mean of the smoothness ratios reported
 * @param smoothnessMax the largest of them
 * @param smoothnessNorm the gradient's norm reported with the largest
 * @param epsilon in a private run, the epsilon spent by the device with the most accepted messages
 * @param extended the number of times that it was extended because messages were missing
 * @param stationary whether the direction was zero, so that no step was taken
 * @param revision the revision of the definition that it followed, 0 for the definition as created
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoundRecord(
        int round,
        Instant openedAt,
        Instant closedAt,
        int participants,
        int sampled,
        int members,
        long uplinkBytes,
        long downlinkBytes,
        long denseUplinkBytes,
        @Nullable Double loss,
        double directionNorm,
        double gamma,
        Map<String, Double> metrics,
        @Nullable Double smoothness,
        @Nullable Double smoothnessMax,
        @Nullable Double smoothnessNorm,
        @Nullable Double epsilon,
        int extended,
        boolean stationary,
        int revision) {

    /** Returns the hash of the whole record for the run's hash chain: the values and their order never change. */
    public String contentHash() {
        ContentHash hash = new ContentHash()
                .add(round, openedAt, closedAt, participants, sampled, members)
                .add(uplinkBytes, downlinkBytes, denseUplinkBytes, loss, directionNorm, gamma)
                .add(smoothness, smoothnessMax, smoothnessNorm, epsilon, extended, stationary, revision);
        new TreeMap<>(metrics).forEach((name, value) -> hash.add(name, value));
        return hash.hex();
    }

    /** Returns the seconds from opening to closing, including pauses. */
    @JsonProperty
    public double durationSeconds() {
        return Duration.between(openedAt, closedAt).toMillis() / 1000.0;
    }
}
