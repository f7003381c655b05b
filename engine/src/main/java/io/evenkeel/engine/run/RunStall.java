package io.evenkeel.engine.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.core.secagg.CohortParameters;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;

/**
 * The reason why a running run makes no progress, which operators see as stalled. Performs no I/O.
 *
 * @param reason the reason
 * @param since the time when its open round was opened; no round has closed since
 * @param message the reason as a sentence, with advice
 */
@Schema(name = "Stalled")
public record RunStall(Reason reason, Instant since, String message) {

    /** The reason for a stall. The texts are permanent: the console has a title for each. */
    public enum Reason {
        /** The deadline has passed, and no coordinator has acted on it. */
        NOT_MOVED_ON,
        /** The run has fewer members than a round needs, because some have left or too few have joined. */
        TOO_FEW_MEMBERS,
        /** There are enough members, but too few of them have answered in the last rounds. */
        MEMBERS_SILENT,
        /** No cohort of secure aggregation was complete at the open round's deadline, or at the one after it. */
        NO_COHORT,
        /** There were too few messages at the open round's deadline, and at the one after it. */
        TOO_FEW_MESSAGES;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The members of a run with a stalled round.
     *
     * @param needed the number of messages that the round needs
     * @param staying the number of members that remain after the round
     * @param leaving the number of members that leave with the round and have not joined again
     * @param leftOut the number of remaining members that are excluded from cohorts
     * @param silent the number of remaining members for which the round does not wait, because they have
     *     missed rounds
     * @param areMasked whether the run has secure aggregation
     */
    public record Members(int needed, int staying, int leaving, int leftOut, int silent, boolean areMasked) {

        private int usable() {
            return staying - leftOut;
        }
    }

    /** Returns the reason why a round has stalled. */
    public static RunStall of(StalledRound round, Members members) {
        int number = round.number();
        if (round.isLate()) {
            return round.stall(
                    Reason.NOT_MOVED_ON,
                    "the deadline of round " + number + " has passed, but no coordinator has acted on it",
                    "check the state of the system and the coordinators' logs, because a replica may be down");
        }
        int usable = members.usable();
        if (usable < members.needed()) {
            return round.stall(
                    Reason.TOO_FEW_MEMBERS,
                    "round " + number + " needs " + members.needed() + " members, but the run has " + usable
                            + counted("members that leave it: ", members.leaving())
                            + counted("members excluded from its cohorts: ", members.leftOut()),
                    advice(usable, members.needed(), members.areMasked()));
        }
        if (usable - members.silent() < members.needed()) {
            return round.stall(
                    Reason.MEMBERS_SILENT,
                    "round " + number + " needs " + members.needed() + " members, but " + members.silent() + " of the "
                            + usable + " have not answered the last rounds",
                    "bring these back, or remove those that will not return and let others join");
        }
        if (members.areMasked() && round.message() != null) {
            return round.stall(
                    Reason.NO_COHORT,
                    round.message(),
                    "bring the missing devices back, or remove those that will not return");
        }
        return round.stall(
                Reason.TOO_FEW_MESSAGES,
                "round " + number + " has " + round.accepted() + " of the " + members.needed()
                        + " messages that it needs, and was extended " + round.extended() + " times",
                "bring the missing devices back, remove those that will not return, or lower participants.min");
    }

    private static String counted(String what, int count) {
        return count == 0 ? "" : "; " + what + count;
    }

    /** Returns the advice about a run with fewer members than a round needs. */
    public static String advice(int members, int needed, boolean areMasked) {
        String more = "let " + (needed - members);
        if (members < (areMasked ? CohortParameters.MIN_MEMBERS : 1)) {
            return more + " more join";
        }
        return areMasked
                ? more + " more join, or create it again with participants.min: " + members
                : more + " more join, or lower participants.min to " + members;
    }
}
