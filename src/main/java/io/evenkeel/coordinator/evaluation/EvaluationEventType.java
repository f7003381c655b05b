package io.evenkeel.coordinator.evaluation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Types of events of an evaluation. The name that {@link #text} returns never changes. All types are sent to
 * webhooks. {@code EventPageTest} generates docs/events.md from the Javadoc.
 */
public enum EvaluationEventType {
    /** It was created. */
    STARTED,
    /** Its time is up or it has its maximum, with enough results. */
    FINISHED,
    /** Its time is up with fewer results than it needs. */
    FAILED,
    /** An operator ended it. */
    CANCELLED;

    /** Returns the name for readers, such as {@code evaluation.finished}. */
    public String text() {
        return "evaluation." + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the type with the given name. */
    public static Optional<EvaluationEventType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
}
