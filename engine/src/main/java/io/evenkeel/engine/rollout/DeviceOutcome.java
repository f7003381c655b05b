package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a device. */
public enum DeviceOutcome {
    /** It got the version and has not reported. */
    ASKED,
    /** It runs the version. */
    INSTALLED,
    /** It could not install the version, or does not work with it. It gets the previous version. */
    FAILED;

    /** The names, as a pattern for parameters. */
    public static final String TEXTS = "asked|installed|failed";

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
