package io.evenkeel.coordinator.round;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run's open round: the members asked, those that have answered, and the condition that it waits for.
 *
 * @param round k
 * @param openedAt when it was opened
 * @param earliestClose the time before which it does not close unless it is full
 * @param deadline when it times out
 * @param now the coordinator's time, for a countdown that does not depend on the reader's clock
 * @param asked the number of members asked
 * @param accepted the number of its messages
 * @param needed the number that it needs to close
 * @param limit the maximum number of messages, absent if it cannot be reached
 * @param extended how often it was extended because messages were missing
 * @param waitsFor the condition that it waits for
 * @param declined the number of members that declined it and have not answered
 * @param cohort with secure aggregation: the progress of the newest attempt, absent before a device has sent keys
 * @param missing members that were asked and have neither answered nor declined, in the order of their ordinals, at
 *     most 100
 * @param missingCount the number of missing members
 * @param silent members that were asked but for which it does not wait, because they have missed three consecutive
 *     rounds without sending any request; they may still answer; at most 100
 * @param silentCount the number of silent members
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OpenRound(
        int round,
        @Nullable Instant openedAt,
        @Nullable Instant earliestClose,
        @Nullable Instant deadline,
        Instant now,
        int asked,
        int accepted,
        int needed,
        @Nullable Integer limit,
        int extended,
        WaitsFor waitsFor,
        int declined,
        @Nullable Cohort cohort,
        List<Missing> missing,
        int missingCount,
        List<Missing> silent,
        int silentCount) {

    /**
     * A member that was asked and has not answered.
     *
     * @param client the client
     * @param name the name that the device gave itself, if any
     * @param lastRound the newest round it has answered, absent if none
     * @param lastSeenAt when the device last sent a request; up to five minutes too early if it sends them to another
     *     replica
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Missing(
            String client,
            @Nullable String name,
            @Nullable Integer lastRound,
            @Nullable Instant lastSeenAt) {}

    /**
     * The progress of an attempt to add the masked messages. Each count is a part of the one before it.
     *
     * @param attempt its number in the round
     * @param phase the step that it waits for
     * @param advertised the number of devices that sent keys; then the size of the cohort
     * @param sharing the number of members that shared their secrets
     * @param masked how many sent a vector
     * @param revealed how many revealed shares
     * @param threshold the number of members that can reveal a secret of another, 0 until the keys have arrived
     */
    @Schema(name = "Cohort")
    record Cohort(
            int attempt, AttemptPhase phase, int advertised, int sharing, int masked, int revealed, int threshold) {

        static Cohort of(Attempt attempt) {
            return new Cohort(
                    attempt.number(),
                    attempt.phase(),
                    attempt.advertised(),
                    attempt.sharing(),
                    attempt.masked(),
                    attempt.revealed(),
                    attempt.threshold());
        }
    }

    /** The reason why a round is open. */
    enum WaitsFor {
        /** The round has fewer messages than it needs. */
        MORE_MESSAGES,
        /** The round has enough messages, but its minimum time has not passed. */
        LEAST_TIME,
        /** The round has enough messages, and waits for the other members asked until it times out. */
        OTHERS,
        /** The steps of a cohort, with secure aggregation. */
        COHORT,
        /** The round's messages are being summed. */
        CLOSING,
        /** An operator's resume. */
        RESUME;

        /** Returns the name in responses. */
        @JsonValue
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
