package io.evenkeel.engine.definition;

import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.TimeLimits;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a definition that an operator may change while the run is active. A round keeps the rules with which it
 * was opened. Immutable and safe to share between threads.
 *
 * @param rounds R
 * @param minParticipants the number of messages that a round needs
 * @param maxParticipants the maximum number that it accepts, {@link Integer#MAX_VALUE} for no limit
 * @param minTime the minimum time that a round stays open
 * @param maxTime the time after which it closes with the members that have answered
 * @param sampling the share of the members asked
 * @param minWeight the smallest weight of a member
 * @param maxWeight the largest weight of a member
 * @param maxAskedWeight the largest weight that a device may ask for; above {@code maxWeight} it gets {@code maxWeight}
 * @param stop decides when the run stops before its last round
 * @param priority the priority among the runs that a device gets at check-in, larger first
 */
public record RoundRules(
        int rounds,
        int minParticipants,
        int maxParticipants,
        Duration minTime,
        Duration maxTime,
        double sampling,
        double minWeight,
        double maxWeight,
        double maxAskedWeight,
        StopConditions stop,
        int priority) {

    public static final double SMALLEST_WEIGHT = 1e-12;
    public static final double LARGEST_WEIGHT = 1e12;

    /**
     * The default maximum of weights. Devices report their own weights, so without a limit one could outweigh
     * all others.
     */
    static final double LARGEST_UNBOUNDED = 1e7;

    /** Returns the rules in a definition that was checked and has every default filled in. */
    public static RoundRules of(RunDefinition definition) {
        Participants participants = Objects.requireNonNull(definition.participants());
        TimeLimits time = Objects.requireNonNull(definition.time());
        Weights weights = weights(definition);
        return new RoundRules(
                Objects.requireNonNull(definition.rounds()),
                Objects.requireNonNull(participants.min()),
                Objects.requireNonNullElse(participants.max(), Integer.MAX_VALUE),
                Objects.requireNonNull(time.min()),
                Objects.requireNonNull(time.max()),
                Objects.requireNonNull(definition.sampling()),
                Objects.requireNonNullElse(weights.min(), SMALLEST_WEIGHT),
                Objects.requireNonNullElse(weights.max(), LARGEST_WEIGHT),
                weights.max() == null ? LARGEST_UNBOUNDED : LARGEST_WEIGHT,
                new StopConditions(Objects.requireNonNullElse(definition.stop(), Stop.NONE)),
                Objects.requireNonNullElse(definition.priority(), 0));
    }

    private static Weights weights(RunDefinition definition) {
        if (definition.privacy() != null || definition.secureAggregation() != null) {
            return new Weights(1.0, 1.0);
        }
        return definition.weights() == null ? new Weights(null, null) : definition.weights();
    }

    /** Returns the maximum number of messages, or null if there is none. */
    public @Nullable Integer participantsLimit() {
        return maxParticipants == Integer.MAX_VALUE ? null : maxParticipants;
    }

    /** Returns a weight, or the nearest bound if it lies outside the range. */
    public double limited(double weight) {
        return Math.max(minWeight, Math.min(maxWeight, weight));
    }

    /**
     * Returns the number of members asked out of all members: the share, rounded up, but no fewer than a
     * round needs.
     */
    public int sampleSize(int members) {
        return Math.min(members, Math.max((int) Math.ceil(sampling * members), minParticipants));
    }
}
