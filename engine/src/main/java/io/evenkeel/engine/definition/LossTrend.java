package io.evenkeel.engine.definition;

import org.jspecify.annotations.Nullable;

/**
 * The trend of the losses of a run's closed rounds: their level, their noise, and the round with the best
 * level. It decides when a run diverges, without a limit that an operator would have to know.
 *
 * <p>Losses are noisy: devices are sampled, and they compute on minibatches. So the level is a moving mean. It covers 5
 * rounds if all members answer, and up to 20 if fewer do, so that enough members contribute to it. The best level is
 * the smallest one; it counts once the mean covers enough rounds. A loss is far above the best if it exceeds
 * {@link #limit}. A run diverges if that happens in many consecutive rounds, so a single outlier is not divergence.
 *
 * <p>The loss function depends on the members. When more than 5% of the members' weight has joined, left or changed,
 * the best and the level are reset. The loss at the start is kept as a scale.
 *
 * <p>The next trend depends only on this one and the closed round, so all replicas compute the same result.
 * Immutable and thread-safe.
 *
 * @param level the moving mean of the losses
 * @param mass the weight of all losses in the level: 0 before the first, then approaching 1
 * @param noise the moving mean of the differences between consecutive losses
 * @param newest the last loss
 * @param start the level of the first rounds, or the largest such level after resets
 * @param best the smallest level, or the smallest loss while {@link #isSettled()} does not hold
 * @param bestRound the round of that level or loss, -1 if there is none
 * @param weight the weight of the members after the last round
 * @param turnover the share of that weight that has joined, left or changed since the trend began
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

    /** The share of a loss in the level if all members answer: a mean over about 5 rounds. */
    private static final double LARGEST_SHARE = 0.2;

    /** The share of a loss in the level if few members answer: a mean over about 20 rounds. */
    private static final double SMALLEST_SHARE = 0.05;

    /** The minimum mass for a level to count: the first round with the largest share, 5 with the smallest. */
    private static final double SETTLED = LARGEST_SHARE;

    /** The share of the members' weight whose change resets the trend. */
    private static final double MAX_TURNOVER = 0.05;

    /** The part of a run's progress that it may lose again without diverging. */
    private static final double LOSABLE = 0.5;

    /**
     * The distance from the best that may be noise, in mean differences between consecutive losses: 4.5 standard
     * deviations of normal noise. Multiplied by the largest share, it is below 1, so steadily growing losses
     * exceed it at any rate of growth.
     */
    private static final double NOISE = 4;

    /** The ratio of the noise's window to the level's. It is large, so that noise during a rise counts little. */
    private static final double SLOWNESS = 5;

    /** The fraction by which the loss must fall from the start before a run counts as having made progress. */
    private static final double LEARNED = 0.1;

    /** The limit of a run without progress, in multiples of the loss at the start: the first steps may be long. */
    private static final double FIRST_STEPS = 10;

    /** Losses up to this size have finite differences. */
    private static final double LARGEST_LOSS = 1e300;

    /**
     * The members' weight in a round. The number of members if the coordinator keeps no sum across rounds.
     *
     * @param during the weight of the members in the round
     * @param changing the part of it that leaves or changes when the round closes
     * @param after the weight of the members in the next round, without new ones
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

    /** Resets level and best, so that they start again with the next loss. */
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
        // Divides by the mass, so that the first losses count as much as in a plain mean.
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
     * Returns the limit above which a loss is far above the best: {@code factor} times the best, but at least the loss
     * at which half of the run's progress is lost, and beyond the noise. For losses that are negative or near zero,
     * half of the progress decides. Infinite if there is no basis for a limit.
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
