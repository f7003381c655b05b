package io.evenkeel.coordinator.lifecycle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.PrivacyTerms;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunState;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run for operators: its definition and its progress.
 *
 * @param definition the definition that the next round follows, with every default filled in
 * @param revision how often the definition was changed; the number of the newest change
 * @param state its state
 * @param round the open round, and the number of the newest model
 * @param members the number of clients that are members or will be from the next round on
 * @param createdAt when it was created
 * @param openedAt when the open round was opened
 * @param deadline when the open round times out
 * @param accepted the number of messages in the open round
 * @param extended how often the open round was extended because messages were missing
 * @param stalled why a running run makes no progress; absent if it does
 * @param expectedEnd when it is expected to close its last round, if rounds continue to take as long as the
 *     last 20 did; absent if it has not closed a round, is not running, or has stalled
 * @param stationary whether the last closed round's direction was zero, so that no step was taken
 * @param stopReason why it ended or paused automatically
 * @param message a notice for the operator, if any
 * @param privacySpent the privacy budget that the devices of a private run have spent
 * @param bestRound the round whose model is best according to the losses, and is kept; absent if there are no
 *     losses
 * @param lost acknowledged messages that are missing since the database was restored to an earlier state, as devices
 *     report; absent if none reported any
 */
@Schema(name = "Run")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunView(
        @JsonUnwrapped RunDefinition definition,
        int revision,
        RunState state,
        int round,
        int members,
        Instant createdAt,
        @Nullable Instant openedAt,
        @Nullable Instant deadline,
        int accepted,
        int extended,
        @Nullable RunStall stalled,
        @Nullable Instant expectedEnd,
        boolean stationary,
        @Nullable StopReason stopReason,
        @Nullable String message,
        @Nullable PrivacySpent privacySpent,
        @Nullable Integer bestRound,
        LostMessageTable.@Nullable Summary lost) {

    /**
     * The privacy spent by the device with the most accepted messages. Messages that a device has sent but
     * that were not accepted are counted only by the device itself.
     *
     * @param messages the number of messages that were accepted from it
     * @param epsilon the cost of these messages; with {@code privacy.dataset}, the largest cost of a device in all runs
     *     that share it
     * @param delta the probability for which epsilon is stated
     * @param maxMessages the number of messages that the budget allows a device; absent if there is no limit
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record PrivacySpent(
            long messages,
            double epsilon,
            double delta,
            @Nullable Integer maxMessages) {

        static PrivacySpent of(PrivacyTerms terms, long messages, double epsilon) {
            return new PrivacySpent(
                    messages, epsilon, terms.delta(), terms.epsilon() == null ? null : (Integer) terms.maxMessages());
        }
    }

    static RunView of(
            Run run,
            RunRules.Current current,
            int members,
            @Nullable PrivacySpent privacySpent,
            LossTrend losses,
            @Nullable RunStall stalled,
            @Nullable Instant expectedEnd,
            LostMessageTable.@Nullable Summary lost) {
        return new RunView(
                current.definition(),
                current.revision(),
                run.state(),
                run.round(),
                members,
                run.createdAt(),
                run.current().openedAt(),
                run.current().deadline(),
                run.current().accepted(),
                run.current().extended(),
                stalled,
                expectedEnd,
                run.stationary(),
                run.stopReason(),
                run.message(),
                privacySpent,
                losses.bestRound() < 0 ? null : (Integer) losses.bestRound(),
                lost);
    }
}
