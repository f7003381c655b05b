package io.evenkeel.engine.secagg;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The step that an attempt waits for, or its outcome. */
public enum AttemptPhase {
    /** Devices send their keys. */
    KEYS,
    /** Members of the cohort send shares of their secrets. */
    SHARES,
    /** Members send their masked vectors. */
    MASKED,
    /** Members in the sum reveal the shares with which its masks are removed. */
    REVEAL,
    /** The sum is stored, and its members have receipts. */
    DONE,
    /** There is no sum. */
    FAILED;

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isOver() {
        return this == DONE || this == FAILED;
    }
}
