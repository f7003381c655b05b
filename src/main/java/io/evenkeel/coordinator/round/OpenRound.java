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
 * @param deadline when its time is up
 * @param now the coordinator's time, to count down without the reader's clock
 * @param asked how many members are asked
 * @param accepted how many messages it has
 * @param needed how many it needs to close
 * @param limit how many it takes, absent if that does not matter
 * @param extended how often it was extended because messages were missing
 * @param waitsFor what it waits for
 * @param declined how many members declined it and did not answer after all
 * @param cohort with secure aggregation: the progress of the newest attempt, absent before a device has sent keys
 * @param missing members that were asked and have neither answered nor declined, in the order of their ordinals, at most 100
 * @param missingCount how many there are
 * @param silent members that were asked and for which it does not wait, as they have missed three consecutive rounds
 *     without any request; they may still answer; at most 100
 * @param silentCount how many there are
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
     * @param name the name the device gave itself, if any
     * @param lastRound the newest round it has answered, absent if none
     * @param lastSeenAt when the device last sent a request; up to five minutes too early if it sends them to another replica
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
     * @param advertised how many devices sent keys; then the size of the cohort
     * @param sharing how many members shared their secrets
     * @param masked how many sent a vector
     * @param revealed how many revealed shares
     * @param threshold how many members can reveal a secret of another, 0 until the keys are in
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
        /** It has fewer messages than it needs. */
        MORE_MESSAGES,
        /** It has enough, but its least time has not passed. */
        LEAST_TIME,
        /** It has enough, and waits for the others that were asked until its time is up. */
        OTHERS,
        /** The steps of a cohort, with secure aggregation. */
        COHORT,
        /** Its messages are being summed. */
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
