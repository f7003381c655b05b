package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The verdict on the new version by a metric's differences. */
public enum MetricVerdict {
    /** The bound of the mean difference is within the margin. Later looks may differ, until the group passes. */
    NON_INFERIOR,
    /** The opposite bound is beyond the margin. It stops the roll-out. */
    INFERIOR,
    /**
     * Inferior in a look at fewer devices than the rules require: it pauses the roll-out, and later looks may
     * differ.
     */
    EARLY_INFERIOR,
    /** Neither non-inferior nor inferior. */
    UNDECIDED;

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
