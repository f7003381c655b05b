package io.evenkeel.engine.rollout;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A group that has been opened.
 *
 * @param number its number from 0
 * @param state whether it is open, passed or skipped
 * @param bound devices whose fraction is below it are in the group; 1 for a group by selector
 * @param devices the number of devices in it when it opened, including those of smaller groups
 * @param alive the number of devices that it added and that had been seen within the roll-out's time when it opened;
 *     null if not counted
 * @param openedAt the time when it opened
 * @param deadline the end of its time
 * @param endedAt the time when it passed or was skipped
 */
public record OpenedGroup(
        int number,
        State state,
        double bound,
        int devices,
        @Nullable Integer alive,
        Instant openedAt,
        Instant deadline,
        @Nullable Instant endedAt) {

    /** The phase of a group. */
    public enum State {
        OPEN,
        PASSED,
        SKIPPED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Opens a group with the devices that it has now. */
    public static OpenedGroup opened(int number, GroupExtent extent, RolloutDefinition rules, Instant now) {
        return new OpenedGroup(
                number,
                State.OPEN,
                extent.bound(),
                extent.devices(),
                extent.added(),
                now,
                now.plus(rules.groupTime()),
                null);
    }

    /** Returns the same group with a new deadline. */
    public OpenedGroup until(Instant next) {
        return new OpenedGroup(number, state, bound, devices, alive, openedAt, next, endedAt);
    }

    /** Returns the same group, passed or skipped. */
    public OpenedGroup ended(State how, Instant now) {
        return new OpenedGroup(number, how, bound, devices, alive, openedAt, deadline, now);
    }

    /**
     * Returns the number of devices that may report: those that were alive when it opened, or those that got
     * the version if they are more.
     */
    public int devicesToReport(DeviceCounts own) {
        return Math.max(alive == null ? 0 : alive, own.asked());
    }

    /** Returns the number of reports that it needs to pass. */
    public int reportsNeeded(RolloutDefinition rules, DeviceCounts own) {
        return Math.max(rules.reports(), (int) Math.ceil(rules.coverage() * devicesToReport(own)));
    }
}
