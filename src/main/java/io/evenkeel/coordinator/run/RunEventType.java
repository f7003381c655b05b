package io.evenkeel.coordinator.run;

import java.util.Arrays;
import java.util.Optional;

/**
 * Types of events of a run. A new type needs a constant here, a call of {@code happened} in {@link Run} where
 * it happens, and a row in docs/events.md, which a test compares with this list. Names in texts are permanent.
 */
public enum RunEventType {
    RUN_STARTED("run.started", true),
    RUN_PAUSED("run.paused", true),
    RUN_RESUMED("run.resumed", true),
    RUN_FINISHED("run.finished", true),
    RUN_CANCELLED("run.cancelled", true),
    RUN_FAILED("run.failed", true),
    /** The model would no longer be finite, or the loss is over its limit. The run's end or pause follows as an event of its own. */
    RUN_DIVERGED("run.diverged", true),
    /** The stored rows of the run do not fit its hash chain. If it was running, an event for its pause follows. */
    RUN_CHAIN_BROKEN("run.chain_broken", true),
    /** The open round was extended for the second time: too few devices answer. */
    RUN_STALLED("run.stalled", true),
    /** A round of a stalled run closed. */
    RUN_RECOVERED("run.recovered", true),
    /** An operator changed the definition of a run under way. */
    RUN_CHANGED("run.changed", true),
    ROUND_OPENED("round.opened", false),
    ROUND_CLOSED("round.closed", false),
    /** Too few messages when the round's time was up for the first time; it got more time. */
    ROUND_QUORUM_MISSED("round.quorum_missed", true),
    /** The same again, for the same round. */
    ROUND_EXTENDED("round.extended", false),
    /** With secure aggregation: a cohort gave no sum, so the round closes without messages. */
    ROUND_COHORT_LOST("round.cohort_lost", true),
    /** With secure aggregation: a member sent wrong shares in two rounds, and is left out of cohorts from now on. */
    MEMBER_LEFT_OUT("member.left_out", true),
    /** With secure aggregation: too few members may take part in rounds that the run had before its database went back. */
    ROUNDS_SKIPPED("rounds.skipped", true),
    /** A device has receipts of messages that the run does not have: its database went back to an earlier state. One for each device. */
    HISTORY_LOST("history.lost", false);

    private final String text;
    private final boolean webhook;

    RunEventType(String text, boolean webhook) {
        this.text = text;
        this.webhook = webhook;
    }

    /** Returns the name for readers, such as {@code round.closed}. */
    public String text() {
        return text;
    }

    /** Returns whether webhooks can have it; not what may happen many times a second. */
    public boolean isForWebhooks() {
        return webhook;
    }

    /** Returns the type with a name. */
    public static Optional<RunEventType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }
}
