package io.evenkeel.coordinator.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a run is in its life. The texts are permanent: they stand in the database and in answers. */
public enum RunState {
    /** Members may join; no round has been opened. */
    CREATED,
    /** Rounds open and close. */
    RUNNING,
    /** The open round takes messages but does not close, and nobody is given work. */
    PAUSED,
    /** All rounds are done. */
    FINISHED,
    /** The operator ended it. */
    CANCELLED,
    /** It cannot go on; its message says why. */
    FAILED;

    /** Returns the name in answers. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Tells whether nothing will ever change any more. */
    public boolean isOver() {
        return this == FINISHED || this == CANCELLED || this == FAILED;
    }

    /** Tells whether a round is open. */
    public boolean hasOpenRound() {
        return this == RUNNING || this == PAUSED;
    }
}
