package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a device. */
public enum DeviceOutcome {
    /** The device got the version and has not reported. */
    ASKED,
    /** The device runs the version. */
    INSTALLED,
    /** The device could not install the version, or does not work with it, and gets the previous version. */
    FAILED;

    /** The names, as a pattern for parameters. */
    public static final String TEXTS = "asked|installed|failed";

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
