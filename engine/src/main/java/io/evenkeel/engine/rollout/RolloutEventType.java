package io.evenkeel.engine.rollout;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Types of events of a roll-out. Names in texts are permanent. All are for webhooks. {@code EventPageTest} generates
 * docs/events.md from the Javadoc.
 */
public enum RolloutEventType {
    /** It was created and waits for a second operator's approval. */
    WAITING,
    /** It was created or approved. */
    STARTED,
    /** A group opened; {@code detail} says how many devices it has, and whether they are too few for its rules. */
    GROUP_OPENED,
    /** A group met its rules, or its time was over and the rule is to continue; {@code detail} says which. */
    GROUP_PASSED,
    /** An operator opened the next group. */
    GROUP_SKIPPED,
    /**
     * An operator paused it ({@code by}), a metric looks inferior on the first devices of a group, or a group did not
     * pass in time; {@code detail} says why.
     */
    PAUSED,
    /** An operator resumed it. */
    RESUMED,
    /** Its last group has passed, and the alias points to the version. */
    FINISHED,
    /**
     * Its rules or an operator ({@code by}) stopped it, and devices return to the previous version; {@code detail} says
     * why.
     */
    STOPPED;

    /** Returns the name for readers, such as {@code rollout.group_opened}. */
    public String text() {
        return "rollout." + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the type with the given name. */
    public static Optional<RolloutEventType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
}
