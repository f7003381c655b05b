package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A condition that a roll-out waits for, or a warning about its open group.
 *
 * @param code the kind, which consoles translate
 * @param metric the metric concerned
 * @param have the current value: reports, devices, or a metric's difference
 * @param need the required value, in the same unit
 * @param until the end of the wait
 * @param text the notice in words
 */
@Schema(name = "RolloutNotice")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutNotice(
        Code code,
        @Nullable String metric,
        @Nullable Double have,
        @Nullable Double need,
        @Nullable Instant until,
        String text) {

    /** The kinds. Names in responses are permanent. */
    public enum Code {
        /** The roll-out waits for a second operator's approval. */
        APPROVAL,
        /** The roll-out is paused and waits for an operator. */
        OPERATOR,
        /** The upstream coordinator decides about the roll-out. */
        UPSTREAM,
        /** The open group waits for more reports. */
        REPORTS,
        /** Too few of the reports are successes. */
        SUCCESS,
        /** It is not yet established that a metric is non-inferior. */
        METRIC,
        /** The minimum time of the group is not over. */
        MIN_TIME,
        /** The group has fewer devices than the number of reports that it needs. */
        TOO_FEW_DEVICES,
        /**
         * The mean of a metric is worse than the margin allows, and there are too few devices for a verdict, or the
         * verdict is undecided.
         */
        WORSE_SO_FAR;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static RolloutNotice of(Code code, String text) {
        return new RolloutNotice(code, null, null, null, null, text);
    }

    public static RolloutNotice of(Code code, double have, double need, String text) {
        return new RolloutNotice(code, null, have, need, null, text);
    }
}
