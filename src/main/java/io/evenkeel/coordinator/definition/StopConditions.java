package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.definition.RunDefinition.Divergence;
import io.evenkeel.coordinator.definition.RunDefinition.Patience;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which a run stops before its last round. They are judged each time a round closes, from that round's record and
 * from what {@link StopProgress} remembers of earlier rounds; so every replica gives the same judgement. Immutable and thread-safe.
 */
public final class StopConditions {

    private static final int MAX_VOID_ROUNDS = 3;

    private final List<StopTarget> targets;
    private final @Nullable Patience patience;
    private final boolean maximize;
    private final @Nullable Long maxBytes;
    private final @Nullable Duration maxTime;
    private final @Nullable Divergence divergence;

    StopConditions(RunDefinition.Stop checked) {
        this.targets =
                orEmpty(checked.targets()).stream().map(StopTarget::parse).toList();
        this.patience = checked.patience();
        this.maximize = patience != null && "max".equals(patience.goal());
        this.maxBytes = checked.maxBytes();
        this.maxTime = checked.maxTime();
        this.divergence = checked.divergence();
    }

    private static List<String> orEmpty(@Nullable List<String> targets) {
        return targets == null ? List.of() : targets;
    }

    /**
     * The figures of a closed round.
     *
     * @param round its number
     * @param loss mean of the losses reported, null if there were none
     * @param metrics means of the metrics reported
     * @param bytes bytes sent in it, both ways
     * @param sinceStart from the opening of round 0 to the close of this one
     * @param newestMessage the largest sequence number of its messages, 0 if there were none
     * @param maxMessages how many messages a device may send within its privacy budget
     * @param datasetSpent whether a device that it asked has spent its budget in all runs together that share the data set
     * @param voidRounds of the last rounds, one after another, how many had no sum of secure aggregation
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
     * A judgement of a closed round.
     *
     * @param progress what the next judgement needs
     * @param reason why the run stops; null if it goes on
     * @param detail the same in words; empty if it goes on
     * @param caution what to say of the model if the run ends with this round; null for nothing
     */
    public record Judgement(
            StopProgress progress,
            @Nullable StopReason reason,
            String detail,
            @Nullable String caution) {}

    /** Tells whether what was counted for other conditions counts for these: patience and divergence are the same. */
    public boolean countsLike(StopConditions other) {
        return Objects.equals(patience, other.patience) && Objects.equals(divergence, other.divergence);
    }

    /**
     * Judges a closed round. If several conditions hold, divergence comes first and a target second.
     *
     * @param trend the losses including this round's
     */
    public Judgement judge(StopProgress before, LossTrend trend, ClosedRound closed) {
        double limit = limit(trend);
        StopProgress progress = advance(before, closed, limit);
        Map<StopReason, String> stops = new LinkedHashMap<>();
        diverged(progress, trend, limit, closed).ifPresent(text -> stops.put(StopReason.DIVERGENCE, text));
        reached(closed).ifPresent(text -> stops.put(StopReason.TARGET, text));
        stalled(progress, closed).ifPresent(text -> stops.put(StopReason.NO_IMPROVEMENT, text));
        if (maxBytes != null && progress.totalBytes() >= maxBytes) {
            stops.put(
                    StopReason.BYTES,
                    "the run has sent " + progress.totalBytes() + " bytes, and stop.maxBytes is " + maxBytes);
        }
        if (maxTime != null && closed.sinceStart().compareTo(maxTime) >= 0) {
            stops.put(StopReason.TIME, "the run has taken " + closed.sinceStart() + ", and stop.maxTime is " + maxTime);
        }
        if (closed.newestMessage() >= closed.maxMessages()) {
            stops.put(
                    StopReason.PRIVACY_BUDGET,
                    "a device has sent " + closed.maxMessages()
                            + " messages, all that privacy.budget allows: cancel the run, or resume"
                            + " it for the devices that have sent fewer");
        }
        if (closed.datasetSpent()) {
            stops.putIfAbsent(
                    StopReason.PRIVACY_BUDGET,
                    "a device has spent all that privacy.budget allows, in this run and in others that share"
                            + " privacy.dataset: cancel the run, or resume it for the devices that have spent less");
        }
        if (closed.voidRounds() > 0 && closed.voidRounds() % MAX_VOID_ROUNDS == 0) {
            stops.put(
                    StopReason.VOID_ROUNDS,
                    rounds(closed.voidRounds()) + " one after another had no sum, because devices did not reveal their"
                            + " shares or sent wrong ones: look at the run's events, then resume or cancel the run");
        }
        String caution = progress.divergedRounds() > 0 ? lastRounds(progress, trend, limit, closed) : null;
        return stops.entrySet().stream()
                .findFirst()
                .map(stop -> new Judgement(progress, stop.getKey(), stop.getValue(), caution))
                .orElseGet(() -> new Judgement(progress, null, "", caution));
    }

    /** Returns the loss above which a round counts as diverged. */
    private double limit(LossTrend trend) {
        if (divergence == null) {
            return Double.POSITIVE_INFINITY;
        }
        return divergence.loss() == null ? trend.limit(Objects.requireNonNull(divergence.factor())) : divergence.loss();
    }

    private StopProgress advance(StopProgress before, ClosedRound closed, double limit) {
        Double value = patience == null ? null : StopTarget.value(metric(patience), closed.loss(), closed.metrics());
        boolean better = value != null && improves(value, before.bestValue());
        return new StopProgress(
                better ? value : before.bestValue(),
                better ? closed.round() : before.bestRound(),
                isOver(closed.loss(), limit, before.divergedRounds() > 0) ? before.divergedRounds() + 1 : 0,
                before.totalBytes() + closed.bytes());
    }

    private boolean improves(double value, @Nullable Double best) {
        double least = patience == null || patience.minDelta() == null ? 0 : patience.minDelta();
        return best == null || (maximize ? value - best > least : best - value > least);
    }

    /** A round in which no device reported a loss counts as the round before it. */
    private static boolean isOver(@Nullable Double loss, double limit, boolean before) {
        return loss == null ? before : loss > limit;
    }

    private Optional<String> diverged(StopProgress progress, LossTrend trend, double limit, ClosedRound closed) {
        if (divergence == null || divergence.rounds() == null || progress.divergedRounds() < divergence.rounds()) {
            return Optional.empty();
        }
        return Optional.of(lastRounds(progress, trend, limit, closed)
                + "; look at gamma and at who joined, then resume or cancel the run");
    }

    private static String lastRounds(StopProgress progress, LossTrend trend, double limit, ClosedRound closed) {
        return "the loss was over " + rounded(limit) + " for " + rounds(progress.divergedRounds())
                + (closed.loss() == null ? "" : ", last " + rounded(closed.loss()))
                + (trend.bestRound() < 0
                        ? ""
                        : "; the best mean was " + rounded(trend.best()) + ", of round " + trend.bestRound()
                                + ", whose model is kept: 'evenkeel models publish MODEL --run RUN --round best'"
                                + " registers it");
    }

    private static double rounded(double value) {
        return BigDecimal.valueOf(value).round(new MathContext(4)).doubleValue();
    }

    private Optional<String> reached(ClosedRound closed) {
        return targets.stream()
                .filter(target -> target.isReached(value(target, closed)))
                .findFirst()
                .map(target -> target.metric() + " is " + value(target, closed) + ", and the target is " + target);
    }

    private static @Nullable Double value(StopTarget target, ClosedRound closed) {
        return StopTarget.value(target.metric(), closed.loss(), closed.metrics());
    }

    private Optional<String> stalled(StopProgress progress, ClosedRound closed) {
        if (patience == null || patience.rounds() == null || progress.bestValue() == null) {
            return Optional.empty();
        }
        int since = closed.round() - progress.bestRound();
        return since < patience.rounds()
                ? Optional.empty()
                : Optional.of(metric(patience) + " has not improved for " + rounds(since) + ": its best is "
                        + progress.bestValue() + ", of round " + progress.bestRound());
    }

    private static String metric(Patience patience) {
        return patience.metric() == null ? StopTarget.LOSS : patience.metric();
    }

    private static String rounds(int count) {
        return count + (count == 1 ? " round" : " rounds");
    }
}
