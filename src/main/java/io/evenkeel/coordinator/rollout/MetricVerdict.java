package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a metric's differences say of the new version. */
enum MetricVerdict {
    /** The bound of the mean difference is within the margin. */
    NON_INFERIOR,
    /** The opposite bound is beyond the margin. */
    INFERIOR,
    /** Neither. */
    UNDECIDED;

    /** Returns the name in answers. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
