package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The reason why a run ended or paused automatically. The texts are permanent: the database, responses and
 * metrics contain them.
 */
public enum StopReason {
    /** All rounds are done. */
    ROUNDS,
    /** A metric reached its target. */
    TARGET,
    /** The metric did not improve for the number of rounds given. */
    NO_IMPROVEMENT,
    /** The run has reached its limit of bytes. */
    BYTES,
    /** The run has reached its time limit. */
    TIME,
    /** The loss was far above its best, or over its limit, for the number of rounds given; the run is paused. */
    DIVERGENCE,
    /** A device has reached its limit of messages in the privacy budget; the run is paused. */
    PRIVACY_BUDGET,
    /** With secure aggregation, three consecutive rounds had no sum; the run is paused. */
    VOID_ROUNDS,
    /** Objects that the run's rows refer to are missing in the object store; the run is paused until they are back. */
    OBJECTS_MISSING;

    /** Returns whether the run is over; otherwise it is paused. */
    public boolean isFinal() {
        return this == ROUNDS || this == TARGET || this == NO_IMPROVEMENT || this == BYTES || this == TIME;
    }

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
