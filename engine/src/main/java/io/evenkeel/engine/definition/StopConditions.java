package io.evenkeel.engine.definition;

import io.evenkeel.engine.definition.StopCondition.Closing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which a run stops before its last round. They are evaluated each time a round closes, from that
 * round's record and from the {@link StopProgress} of earlier rounds, so every replica gets the same result. Immutable
 * and thread-safe.
 */
public final class StopConditions {

    private static final int MAX_VOID_ROUNDS = 3;

    /** The conditions of every run. */
    private static final List<StopCondition> ALWAYS = List.of(
            StopCondition.of(
                    StopReason.PRIVACY_BUDGET,
                    "privacy.budget",
                    closing -> closing.round().newestMessage() < closing.round().maxMessages()
                            ? null
                            : "a device has sent " + closing.round().maxMessages()
                                    + " messages, all that privacy.budget allows: cancel the run, or resume"
                                    + " it for the devices that have sent fewer"),
            StopCondition.of(
                    StopReason.PRIVACY_BUDGET,
                    "privacy.dataset",
                    closing -> !closing.round().datasetSpent()
                            ? null
                            : "a device has spent all that privacy.budget allows, in this run and in others that share"
                                    + " privacy.dataset: cancel the run, or resume it for the devices that have spent less"),
            StopCondition.of(StopReason.VOID_ROUNDS, "secureAggregation", closing -> {
                int rounds = closing.round().voidRounds();
                return rounds == 0 || rounds % MAX_VOID_ROUNDS != 0
                        ? null
                        : StopCondition.rounds(rounds) + " in a row had no sum, because devices did not reveal"
                                + " their shares or sent wrong ones: look at the run's events, then resume or cancel the run";
            }));

    private final Stop stop;
    private final List<StopCondition> conditions;

    StopConditions(Stop checked) {
        this.stop = checked;
        this.conditions =
                Stream.concat(checked.conditions().stream(), ALWAYS.stream()).toList();
    }

    /**
     * The figures of a closed round.
     *
     * @param round its number
     * @param loss mean of the losses reported, null if there were none
     * @param metrics means of the metrics reported
     * @param bytes bytes sent in it, in both directions
     * @param sinceStart the time from the opening of round 0 to the close of this one
     * @param newestMessage the largest sequence number of its messages, 0 if there were none
     * @param maxMessages the number of messages that a device may send within its privacy budget
     * @param datasetSpent whether a device in the round has spent its budget over all runs that share the data set
     * @param voidRounds the number of consecutive rounds up to this one without a sum of secure aggregation
     */
    public record ClosedRound(
            int round,
            @Nullable Double loss,
            Map<String, Double> metrics,
            long bytes,
            Duration sinceStart,
            long newestMessage,
            int maxMessages,
            boolean datasetSpent,
            int voidRounds) {}

    /**
     * The result of evaluating a closed round.
     *
     * @param progress the state for the next evaluation
     * @param reason the reason for stopping; null if the run continues
     * @param detail the reason in words; empty if it continues
     * @param caution a warning about the model if the run ends with this round; null for none
     */
    public record Judgement(
            StopProgress progress,
            @Nullable StopReason reason,
            String detail,
            @Nullable String caution) {}

    /**
     * Returns whether counts made under other conditions remain valid, because patience and divergence are
     * the same.
     */
    public boolean countsLike(StopConditions other) {
        return Objects.equals(stop.patience(), other.stop.patience())
                && Objects.equals(stop.divergence(), other.stop.divergence());
    }

    /**
     * Evaluates a closed round. If several conditions hold, divergence comes first and a target second.
     *
     * @param trend the losses including this round's
     */
    public Judgement judge(StopProgress before, LossTrend trend, ClosedRound closed) {
        double limit = stop.divergence() == null
                ? Double.POSITIVE_INFINITY
                : stop.divergence().limit(trend);
        StopProgress progress = advance(before, closed, limit);
        Closing closing = new Closing(progress, trend, limit, closed);
        String caution = progress.divergedRounds() > 0 ? Divergence.lastRounds(closing) : null;
        for (StopCondition condition : conditions) {
            String detail = condition.judge().apply(closing);
            if (detail != null) {
                return new Judgement(progress, condition.reason(), detail, caution);
            }
        }
        return new Judgement(progress, null, "", caution);
    }

    private StopProgress advance(StopProgress before, ClosedRound closed, double limit) {
        Stop.Patience patience = stop.patience();
        Double value = patience == null ? null : patience.value(closed);
        boolean better = patience != null && value != null && patience.improves(value, before.bestValue());
        return new StopProgress(
                better ? value : before.bestValue(),
                better ? closed.round() : before.bestRound(),
                isOver(closed.loss(), limit, before.divergedRounds() > 0) ? before.divergedRounds() + 1 : 0,
                before.totalBytes() + closed.bytes());
    }

    /** A round in which no device reported a loss counts like the previous round. */
    private static boolean isOver(@Nullable Double loss, double limit, boolean before) {
        return loss == null ? before : loss > limit;
    }
}
