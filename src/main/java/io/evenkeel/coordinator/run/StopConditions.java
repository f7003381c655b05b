package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.run.RunDefinition.Divergence;
import io.evenkeel.coordinator.run.RunDefinition.Patience;
import java.time.Duration;
import java.util.ArrayList;
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
     */
    public record ClosedRound(
            int round,
            @Nullable Double loss,
            Map<String, Double> metrics,
            long bytes,
            Duration sinceStart,
            long newestMessage,
            int maxMessages) {}

    /**
     * A judgement of a closed round.
     *
     * @param progress what the next judgement needs
     * @param reason why the run stops; null if it goes on
     * @param detail the same in words; empty if it goes on
     */
    public record Judgement(StopProgress progress, @Nullable StopReason reason, String detail) {}

    /** Tells whether what was counted for other conditions counts for these: patience and divergence are the same. */
    boolean countsLike(StopConditions other) {
        return Objects.equals(patience, other.patience) && Objects.equals(divergence, other.divergence);
    }

    /** Judges a closed round. If several conditions hold, divergence comes first and a target second. */
    public Judgement judge(StopProgress before, ClosedRound closed) {
        StopProgress progress = advance(before, closed);
        List<Judgement> stops = new ArrayList<>();
        diverged(progress, closed).ifPresent(text -> stops.add(new Judgement(progress, StopReason.DIVERGENCE, text)));
        reached(closed).ifPresent(text -> stops.add(new Judgement(progress, StopReason.TARGET, text)));
        stalled(progress, closed)
                .ifPresent(text -> stops.add(new Judgement(progress, StopReason.NO_IMPROVEMENT, text)));
        if (maxBytes != null && progress.totalBytes() >= maxBytes) {
            stops.add(new Judgement(
                    progress,
                    StopReason.BYTES,
                    "the run has sent " + progress.totalBytes() + " bytes, and stop.maxBytes is " + maxBytes));
        }
        if (maxTime != null && closed.sinceStart().compareTo(maxTime) >= 0) {
            stops.add(new Judgement(
                    progress,
                    StopReason.TIME,
                    "the run has taken " + closed.sinceStart() + ", and stop.maxTime is " + maxTime));
        }
        if (closed.newestMessage() >= closed.maxMessages()) {
            stops.add(new Judgement(
                    progress,
                    StopReason.PRIVACY_BUDGET,
                    "a device has sent " + closed.maxMessages()
                            + " messages, all that privacy.budget allows: cancel the run, or resume"
                            + " it for the devices that have sent fewer"));
        }
        return stops.isEmpty() ? new Judgement(progress, null, "") : stops.get(0);
    }

    private StopProgress advance(StopProgress before, ClosedRound closed) {
        Double value = patience == null ? null : StopTarget.value(metric(patience), closed.loss(), closed.metrics());
        boolean better = value != null && improves(value, before.bestValue());
        return new StopProgress(
                better ? value : before.bestValue(),
                better ? closed.round() : before.bestRound(),
                isOver(closed.loss(), before.divergedRounds() > 0) ? before.divergedRounds() + 1 : 0,
                before.totalBytes() + closed.bytes());
    }

    private boolean improves(double value, @Nullable Double best) {
        double least = patience == null || patience.minDelta() == null ? 0 : patience.minDelta();
        return best == null || (maximize ? value - best > least : best - value > least);
    }

    /** A round in which no device reported a loss counts as the round before it. */
    private boolean isOver(@Nullable Double loss, boolean before) {
        return divergence != null && divergence.loss() != null && (loss == null ? before : loss > divergence.loss());
    }

    private Optional<String> diverged(StopProgress progress, ClosedRound closed) {
        if (divergence == null || divergence.rounds() == null || progress.divergedRounds() < divergence.rounds()) {
            return Optional.empty();
        }
        return Optional.of("the loss was over " + divergence.loss() + " for " + rounds(progress.divergedRounds())
                + (closed.loss() == null ? "" : ", last " + closed.loss())
                + ": look at gamma, then resume or cancel the run");
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
