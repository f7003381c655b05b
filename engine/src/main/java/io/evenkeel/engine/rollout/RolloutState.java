package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The phase in a roll-out's life. */
public enum RolloutState {
    /** A second operator must approve the roll-out. */
    WAITING,
    /** Groups open by the roll-out's rules. */
    RUNNING,
    /** No further device gets the version; those that have it keep it. */
    PAUSED,
    /** The alias points to the version. */
    FINISHED,
    /** The alias never moved, and devices return to its version. */
    STOPPED;

    /** One of the names, as a pattern for parameters. */
    public static final String TEXTS = "waiting|running|paused|finished|stopped";

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it never changes again. */
    public boolean isOver() {
        return this == FINISHED || this == STOPPED;
    }
}
