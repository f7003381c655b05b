package io.evenkeel.engine.round;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.run.CurrentRound;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a round closes, is extended or waits.
 *
 * <p>A round closes if it has the maximum number of messages; or if its minimum time has passed and every member asked
 * has answered, declined, is leaving or has been silent for some rounds; or if its time is up and it has the minimum
 * number of messages. With fewer messages at that time it is extended: all members are asked, including those that
 * joined in the meantime, and it closes as soon as it has enough.
 */
public final class ClosingRule {

    private ClosingRule() {}

    /** The decision about an open round. */
    public enum Verdict {
        /** Keep it open. */
        WAIT,
        /** Freeze and close the round. */
        CLOSE,
        /** Give the round more time. */
        EXTEND
    }

    /**
     * Decides about the open round of a run.
     *
     * @param rules the rules that it follows
     * @param allAnswered returns whether every member asked has answered, declined, is leaving or is silent;
     *     called only if it matters
     */
    public static Verdict judge(Run run, RoundRules rules, BooleanSupplier allAnswered, Instant now) {
        CurrentRound current = run.current();
        if (run.state() != RunState.RUNNING || current.isClosing()) {
            return Verdict.WAIT;
        }
        boolean enough = current.accepted() >= rules.minParticipants();
        boolean timeIsUp = isPast(current.deadline(), now);
        if (current.accepted() >= rules.maxParticipants() || (enough && (timeIsUp || current.extended() > 0))) {
            return Verdict.CLOSE;
        }
        if (timeIsUp) {
            return Verdict.EXTEND;
        }
        Instant opened = current.openedAt();
        boolean least = opened == null || isPast(opened.plus(rules.minTime()), now);
        return enough && least && allAnswered.getAsBoolean() ? Verdict.CLOSE : Verdict.WAIT;
    }

    /**
     * Returns whether the open round counts as missed by the members that have not answered it, if it closes
     * now. A full round does not: a member that is too late for it may still be alive.
     *
     * @param rules the rules that it follows
     */
    public static boolean countsMissed(Run run, RoundRules rules) {
        return run.current().accepted() < rules.maxParticipants();
    }

    private static boolean isPast(@Nullable Instant time, Instant now) {
        return time != null && !now.isBefore(time);
    }
}
