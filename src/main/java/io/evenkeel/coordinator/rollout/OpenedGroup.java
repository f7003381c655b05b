package io.evenkeel.coordinator.rollout;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A group that has been opened.
 *
 * @param number its number from 0
 * @param state whether it is open, passed or skipped
 * @param bound devices whose fraction is below it are in the group; 1 for a group by selector
 * @param devices how many devices were in it when it opened, with those of smaller groups
 * @param openedAt when it opened
 * @param deadline when its time is over
 * @param endedAt when it passed or was skipped
 */
record OpenedGroup(
        int number,
        State state,
        double bound,
        int devices,
        Instant openedAt,
        Instant deadline,
        @Nullable Instant endedAt) {

    /** Where a group is. */
    enum State {
        OPEN,
        PASSED,
        SKIPPED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
