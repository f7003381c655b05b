package io.evenkeel.coordinator.rollout;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Types of events of a roll-out. Names in texts are permanent. All are for webhooks; docs/events.md lists them. */
public enum RolloutEventType {
    WAITING,
    STARTED,
    GROUP_OPENED,
    GROUP_PASSED,
    GROUP_SKIPPED,
    PAUSED,
    RESUMED,
    FINISHED,
    STOPPED;

    /** Returns the name for readers, such as {@code rollout.group_opened}. */
    public String text() {
        return "rollout." + name().toLowerCase(Locale.ROOT);
    }

    /** Returns the type with a name. */
    public static Optional<RolloutEventType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst();
    }
}
