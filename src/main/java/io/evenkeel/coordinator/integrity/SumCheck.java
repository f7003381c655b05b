package io.evenkeel.coordinator.integrity;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The last verification of a run.
 *
 * @param run the run's name
 * @param at when it ended
 * @param outcome the result
 * @param round k: S is the sum before round k is closed; absent if stored data was damaged
 * @param relativeDifference the relative difference between S and the messages' sum; absent if stored data was damaged
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SumCheck(
        String run,
        Instant at,
        Outcome outcome,
        @Nullable Integer round,
        @Nullable Double relativeDifference) {

    /** The result of a verification. */
    public enum Outcome {
        /** The sums are equal up to rounding. */
        AGREES,
        /** The sums differ by more than a different order of additions explains. */
        DIFFERS,
        /** Stored data is damaged. */
        DAMAGED;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
