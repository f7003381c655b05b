package io.evenkeel.engine.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The state of a run in its life cycle. The texts are permanent: the database and responses contain them. */
public enum RunState {
    /** Members may join; no round has been opened. */
    CREATED,
    /** Rounds open and close. */
    RUNNING,
    /** The open round accepts messages but does not close, and no device gets work. */
    PAUSED,
    /** All rounds are done. */
    FINISHED,
    /** The operator ended it. */
    CANCELLED,
    /** The run cannot continue; its message says why. */
    FAILED;

    /** One or more texts, separated by commas, as a pattern for parameters; may be empty. */
    public static final String TEXTS = "((created|running|paused|finished|cancelled|failed)(,(?=.)|$))*";

    /** The message for a text that {@link #TEXTS} does not match. */
    public static final String EXPECTED =
            "must be one or more of created, running, paused, finished, cancelled, failed, separated by commas";

    /** Returns the states in a text that matches {@link #TEXTS}. */
    public static Set<RunState> parse(String texts) {
        return texts.isEmpty()
                ? Set.of()
                : Arrays.stream(texts.toUpperCase(Locale.ROOT).split(","))
                        .map(RunState::valueOf)
                        .collect(Collectors.toSet());
    }

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether nothing can change any more. */
    public boolean isOver() {
        return this == FINISHED || this == CANCELLED || this == FAILED;
    }

    /** Returns whether a round is open. */
    public boolean hasOpenRound() {
        return this == RUNNING || this == PAUSED;
    }
}
