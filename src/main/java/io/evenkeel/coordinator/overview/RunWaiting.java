package io.evenkeel.coordinator.overview;

import io.evenkeel.coordinator.overview.WaitingItem.Subject;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Determines the items of a run that need an operator's attention. Performs no I/O.
 *
 * @param run the run's row
 * @param needed the number of messages that a round needs
 * @param members the number of members
 * @param leftOut the number of members excluded from cohorts
 * @param stall why the run makes no progress; null if it makes progress or is not running
 */
record RunWaiting(
        Run run,
        int needed,
        int members,
        int leftOut,
        @Nullable RunStall stall) {

    /** Returns the run's items; empty if there are none. */
    List<WaitingItem> items(Instant now) {
        List<WaitingItem> items = new ArrayList<>();
        switch (run.state()) {
            case CREATED -> {
                if (members >= needed) {
                    items.add(item(
                            WaitingCode.RUN_READY,
                            false,
                            null,
                            "members joined: " + members + " of the " + needed
                                    + " that it needs; it has not been started",
                            "start"));
                }
            }
            case RUNNING -> {
                if (stall != null) {
                    items.add(item(WaitingCode.RUN_STALLED, true, stall.since(), stall.message(), "show"));
                }
            }
            case PAUSED -> items.add(paused());
            case FAILED -> {
                Instant ended = run.endedAt();
                if (ended != null && ended.isAfter(now.minus(OverviewSource.REMEMBERED))) {
                    items.add(item(WaitingCode.RUN_FAILED, true, ended, said("it has failed"), "show"));
                }
            }
            case FINISHED, CANCELLED -> {}
        }
        if (leftOut > 0 && run.state().hasOpenRound()) {
            items.add(item(
                    WaitingCode.MEMBERS_LEFT_OUT,
                    false,
                    null,
                    "members excluded from its cohorts, because they sent wrong shares in two rounds: " + leftOut,
                    "show"));
        }
        return items;
    }

    private WaitingItem paused() {
        if (run.isDistrusted()) {
            return item(WaitingCode.RUN_DAMAGED, true, run.pausedAt(), said("its data has been changed"), "audit");
        }
        if (run.lacksObjects()) {
            return item(WaitingCode.OBJECTS_MISSING, true, run.pausedAt(), said("objects are missing"), "show");
        }
        return run.stopReason() == StopReason.DIVERGENCE
                ? item(WaitingCode.RUN_DIVERGED, true, run.pausedAt(), said("its loss has grown"), "show")
                : item(WaitingCode.RUN_PAUSED, false, run.pausedAt(), said("an operator has paused it"), "resume");
    }

    /** Returns the run's message, or a default if it has none. */
    private String said(String otherwise) {
        String message = run.message();
        return message == null ? otherwise : message;
    }

    private WaitingItem item(WaitingCode code, boolean critical, @Nullable Instant since, String message, String verb) {
        return new WaitingItem(
                code, critical, Subject.RUN, run.name(), since, message, "evenkeel runs " + verb + " " + run.name());
    }
}
