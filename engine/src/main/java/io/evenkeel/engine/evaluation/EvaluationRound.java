package io.evenkeel.engine.evaluation;

import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.engine.definition.DeviceChoice;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation.
 *
 * @param key the key in the database, 0 before it is inserted
 * @param name its name
 * @param model the measured model
 * @param selector chooses the devices that are asked
 * @param seed the seed for drawing a share
 * @param share the share of these devices that is asked
 * @param least the minimum number of results
 * @param most the number of results with which it ends; null for no limit
 * @param breakdown the attributes by which results are grouped
 * @param goals {@code min} or {@code max} by metric
 * @param results the number of results
 * @param deadline the time until which results are accepted
 * @param createdBy the name of the operator who created it
 * @param createdAt the time when it was created
 * @param cancelledAt the time when it was cancelled, null if it was not
 * @param endedAt the time when its end was detected, null before; its statistics are then final
 * @param resultsDeletedAt the time when the rows of its devices were deleted
 */
public record EvaluationRound(
        long key,
        String name,
        EvaluatedModel model,
        DeviceSelector selector,
        String seed,
        double share,
        int least,
        @Nullable Integer most,
        List<String> breakdown,
        Map<String, String> goals,
        int results,
        Instant deadline,
        String createdBy,
        Instant createdAt,
        @Nullable Instant cancelledAt,
        @Nullable Instant endedAt,
        @Nullable Instant resultsDeletedAt) {

    private static final String LOSS = "loss";

    /**
     * The phase in an evaluation's life. It is derived from the row and the time: an evaluation ends when it is due,
     * not when its end is detected.
     */
    public enum State {
        /** Accepts results. */
        OPEN,
        /** Ended with enough results. */
        FINISHED,
        /** Timed out with too few results. */
        FAILED,
        /** Ended by an operator. */
        CANCELLED;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns the state at a time. */
    public State state(Instant now) {
        if (cancelledAt != null) {
            return State.CANCELLED;
        }
        if (most != null && results >= most) {
            return State.FINISHED;
        }
        if (endedAt == null && now.isBefore(deadline)) {
            return State.OPEN;
        }
        return results >= least ? State.FINISHED : State.FAILED;
    }

    /** Returns the choice of devices that are asked. */
    public DeviceChoice devices() {
        return new DeviceChoice(
                selector, share < 1 ? new DevicePart(seed, 0, share) : null, DeviceSelector.ALL, null, null);
    }

    /** Returns whether smaller values of a metric are better. */
    public boolean isLowerBetter(String metric) {
        return goals.getOrDefault(metric, metric.equals(LOSS) ? "min" : "max").equals("min");
    }
}
