package io.evenkeel.coordinator.definition;

import org.jspecify.annotations.Nullable;

/**
 * The trend of the losses of a run's closed rounds: their level, their noise, and the round with the best level. It decides when a
 * run diverges, without a limit that an operator would have to know.
 *
 * <p>Losses are noisy: devices are sampled, and they compute on minibatches. So the level is a moving mean. It covers 5 rounds if all
 * members answer, and up to 20 if fewer do, so that it is a mean over the members and not over a few of them. The best level is the
 * smallest; it counts once the mean covers some rounds. A loss is far above the best if it exceeds {@link #limit}. A run diverges if that
 * happens in many rounds one after another, so no single outlier is divergence.
 *
 * <p>Other members make the loss another function. When more than 5% of the members' weight has come, gone or changed, the best and the
 * level begin anew. The loss at the start is kept as a scale.
 *
 * <p>The next trend follows from this one and the closed round, so all replicas compute the same. Immutable and thread-safe.
 *
 * @param level the moving mean of the losses
 * @param mass the weight of all losses in the level, 0 before the first and towards 1 with each
 * @param noise the moving mean of the differences of one loss from the next
 * @param newest the last loss
 * @param start the level of the first rounds, or the largest of such levels if it began anew
 * @param best the smallest level, or while {@link #isSettled()} does not hold the smallest loss
 * @param bestRound the round of that level or loss, -1 if there is none
 * @param weight the weight of the members after the last round
 * @param turnover the share of that weight that has come, gone or changed since the trend began
 */
public record LossTrend(
        double level,
        double mass,
        double noise,
        double newest,
        double start,
        double best,
        int bestRound,
        double weight,
        double turnover) {

    /** Before the first round. */
    public static final LossTrend NONE = new LossTrend(0, 0, 0, 0, 0, 0, -1, 0, 0);

    /** The share of a loss in the level if all members answered: a mean over about 5 rounds. */
    private static final double LARGEST_SHARE = 0.2;

    /** The share of a loss in the level if few members answered: a mean over about 20 rounds. */
    private static final double SMALLEST_SHARE = 0.05;

    /** From this mass on a level counts: the first round with the largest share, 5 with the smallest. */
    private static final double SETTLED = LARGEST_SHARE;

    /** The share of the members' weight whose change makes the loss another function. */
    private static final double MAX_TURNOVER = 0.05;

    /** The part of what a run has gained that may be lost again. */
    private static final double LOSABLE = 0.5;

    /**
     * A distance from the best that is noise, in mean differences from one loss to the next: 4.5 standard deviations of normal noise.
     * Times the largest share it is below 1, so losses that grow at any rate get beyond it.
     */
    private static final double NOISE = 4;

    /** The window of the noise over that of the level. It is long, so that noise which came with a rise counts little. */
    private static final double SLOWNESS = 5;

    /** A run has learned nothing yet before its loss is smaller than at the start by this part of it. */
    private static final double LEARNED = 0.1;

    /** The limit of a run that has learned nothing yet, in multiples of the loss at the start: the first steps may be long. */
    private static final double FIRST_STEPS = 10;

    /** Differences of losses up to this one are finite. */
    private static final double LARGEST_LOSS = 1e300;

    /**
     * The members' weight in a round. Counts the members where the coordinator keeps no sum over rounds.
     *
     * @param during of those who take part in the round
     * @param changing the part of it that leaves with the round, or by which weights change with it
     * @param after of those who take part in the next round, without new ones
     */
    public record Weights(double during, double changing, double after) {}

    /** Returns whether the level covers enough losses to count. */
    boolean isSettled() {
        return mass >= SETTLED;
    }

    /**
     * Returns the trend after a closed round.
     *
     * @param loss the mean of the losses reported; null if there were none
     * @param answered the share of the members whose messages are in the round
     */
    public LossTrend after(int round, @Nullable Double loss, double answered, Weights members) {
        double joined = weight > 0 ? Math.max(0, members.during() - weight) / members.during() : 0;
        LossTrend next = turned(joined);
        if (loss != null) {
            double share = Math.max(SMALLEST_SHARE, Math.min(LARGEST_SHARE * answered, LARGEST_SHARE));
            next = next.with(round, Math.max(-LARGEST_LOSS, Math.min(loss, LARGEST_LOSS)), share);
        }
        double changed = members.during() > 0 ? members.changing() / members.during() : 0;
        return next.turned(changed).weighing(members.after());
    }

    /** Forgets level and best, so that they begin anew with the next loss. */
    public LossTrend restart() {
        return new LossTrend(0, 0, 0, 0, start, 0, -1, weight, 0);
    }

    private LossTrend turned(double share) {
        double sum = turnover + share;
        return sum > MAX_TURNOVER
                ? restart()
                : new LossTrend(level, mass, noise, newest, start, best, bestRound, weight, sum);
    }

    private LossTrend weighing(double newWeight) {
        return new LossTrend(level, mass, noise, newest, start, best, bestRound, newWeight, turnover);
    }

    private LossTrend with(int round, double loss, double share) {
        boolean isFirst = mass == 0;
        double newMass = mass + share * (1 - mass);
        // Divided by the mass, so that the first losses count as much as they would in a plain mean.
        double part = share / newMass;
        double newLevel = isFirst ? loss : level + part * (loss - level);
        double slowPart = part * (1 - mass + mass / SLOWNESS);
        double newNoise = isFirst ? 0 : noise + slowPart * (Math.abs(loss - newest) - noise);
        boolean settles = !isSettled() && newMass >= SETTLED;
        double newStart = !settles ? start : start == 0 ? newLevel : Math.max(start, newLevel);
        double candidate = isSettled() ? newLevel : loss;
        boolean isBest = bestRound < 0 || candidate < best;
        return new LossTrend(
                newLevel,
                newMass,
                newNoise,
                loss,
                newStart,
                settles ? newLevel : isBest ? candidate : best,
                isBest ? round : bestRound,
                weight,
                turnover);
    }

    /**
     * Returns the loss above which a loss is far above the best: {@code factor} times the best, but only if then half of what the run has
     * gained is lost, and if noise is no explanation. It has a meaning for losses that are negative or near zero, too: there half of the
     * gain decides. Infinite where nothing can be said.
     *
     * @param factor above 1; infinite for never
     */
    double limit(double factor) {
        boolean hasLearned = start - best > LEARNED * Math.abs(start);
        if (!isSettled() || Double.isInfinite(factor) || (!hasLearned && start == 0)) {
            return Double.POSITIVE_INFINITY;
        }
        double room = Math.max(Math.max((factor - 1) * Math.abs(best), LOSABLE * (start - best)), NOISE * noise);
        return best + (hasLearned ? room : Math.max(room, (FIRST_STEPS - 1) * Math.abs(start)));
    }
}
