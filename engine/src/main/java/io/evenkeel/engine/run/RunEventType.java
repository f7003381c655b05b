package io.evenkeel.engine.run;

import java.util.Arrays;
import java.util.Optional;

/**
 * Types of events of a run. A new type needs a constant here, whose Javadoc says when it happens, and a call of {@code
 * happened} in {@code Run}. {@code EventPageTest} generates docs/events.md from this list. Names in texts are
 * permanent.
 */
public enum RunEventType {
    /** An operator started the run. */
    RUN_STARTED("run.started", true),
    /** An operator or the coordinator paused it; in the second case {@code detail} says why. */
    RUN_PAUSED("run.paused", true),
    /** An operator resumed it. */
    RUN_RESUMED("run.resumed", true),
    /** Its last round is closed, or a condition stopped it; in the second case {@code detail} says which. */
    RUN_FINISHED("run.finished", true),
    /**
     * An operator cancelled it, or the run above that it [follows](relay.md) is over; in the second case {@code detail}
     * says so.
     */
    RUN_CANCELLED("run.cancelled", true),
    /** It cannot continue; {@code detail} says why. */
    RUN_FAILED("run.failed", true),
    /**
     * The model or the sum would no longer be finite, and {@code run.failed} follows; or the loss was [far above its
     * best](runs.md#divergence) or over {@code stop.divergence.loss}, and {@code run.paused} follows. {@code detail}
     * says which, and names the round of the best model.
     */
    RUN_DIVERGED("run.diverged", true),
    /**
     * Its stored data does not match its [hash chain](security.md#the-hash-chain); a running run pauses, which is a
     * separate event. {@code detail} names the table, the first round that does not match, and what to do.
     */
    RUN_CHAIN_BROKEN("run.chain_broken", true),
    /**
     * The open round was extended for the second time: too few devices answer; {@code detail} says how often. It stays
     * so until {@code run.recovered}, a pause or the end of the run.
     */
    RUN_STALLED("run.stalled", true),
    /** A round of a stalled run closed. */
    RUN_RECOVERED("run.recovered", true),
    /** An operator changed the definition of the active run; {@code detail} has the changes. */
    RUN_CHANGED("run.changed", true),
    /** A round opened. */
    ROUND_OPENED("round.opened", false),
    /**
     * A round closed; {@code figures} is its record, as in {@code GET /api/v1/runs/RUN/rounds/ROUND}, and
     * {@code detail} is {@code chain} and the head of the run's [hash chain](security.md#the-hash-chain) with this
     * round.
     */
    ROUND_CLOSED("round.closed", false),
    /** A round timed out with too few messages for the first time, and got more time. */
    ROUND_QUORUM_MISSED("round.quorum_missed", true),
    /** The same round timed out again. */
    ROUND_EXTENDED("round.extended", false),
    /**
     * With secure aggregation: too few members of a cohort revealed their shares, or the shares were inconsistent, so
     * the round closed without messages; {@code detail} says which.
     */
    ROUND_COHORT_LOST("round.cohort_lost", true),
    /**
     * With secure aggregation: a member sent wrong shares in two rounds, or falsely accused others of it, and is
     * [excluded from cohorts](secure-aggregation.md#devices-that-send-wrong-shares) from now on; {@code detail} has its
     * client, number and identity.
     */
    MEMBER_LEFT_OUT("member.left_out", true),
    /**
     * Members report [losses that do not match their gradients](algorithms.md#the-loss-that-devices-report), in a run
     * whose step rule is {@code slope}; {@code detail} names up to five of them, and says what to do. It occurs once
     * for each member until its losses match again.
     */
    LOSSES_INCONSISTENT("losses.inconsistent", true),
    /**
     * With secure aggregation, after the database [was restored to an earlier
     * state](secure-aggregation.md#after-a-restored-back-up): too few members may take part in rounds that the run had
     * before, so these close without messages and without a step; {@code detail} has the rounds and the reason.
     */
    ROUNDS_SKIPPED("rounds.skipped", true),
    /**
     * A device has receipts of messages that the run does not have, because its database [was restored to an earlier
     * state](operations.md#restore): one event for each device. {@code detail} names the device, and the number and the
     * rounds of the lost messages, as it reports them.
     */
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

    /** Returns whether webhooks can have it; events that may occur many times a second are excluded. */
    public boolean isForWebhooks() {
        return webhook;
    }

    /** Returns the type with the given name. */
    public static Optional<RunEventType> named(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }
}
