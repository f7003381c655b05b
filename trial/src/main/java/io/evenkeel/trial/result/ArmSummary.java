package io.evenkeel.trial.result;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The figures of an arm.
 *
 * @param name its name
 * @param algorithm the preset
 * @param feedback its error feedback
 * @param step the step rule
 * @param gamma the step size's schedule, with the first seed's figures
 * @param eta the momentum's schedule
 * @param compressor the compressor
 * @param alpha its contraction factor
 * @param privacy its privacy guarantee; null without privacy
 * @param search the search for its step size; null without a search
 * @param reaches one for each target
 * @param lossPerMegabyte the decrease of the loss per megabyte (10^6
 *     bytes) sent
 */
public record ArmSummary(
        String name,
        String algorithm,
        String feedback,
        String step,
        String gamma,
        String eta,
        String compressor,
        @Nullable Double alpha,
        @Nullable Privacy privacy,
        @Nullable Search search,
        List<Reach> reaches,
        Stability stability,
        Spread lossPerMegabyte,
        Quality quality,
        List<Run> runs) {

    /**
     * Differential privacy.
     *
     * @param mechanism the bound on messages, the noise, and the party that adds the noise
     * @param epsilon the epsilon of the client that sent the most messages in a run
     * @param delta the probability with which epsilon may not hold
     */
    public record Privacy(String mechanism, double epsilon, double delta) {

        /** Returns whether two arms have the same guarantee. */
        public static boolean same(@Nullable Privacy a, @Nullable Privacy b) {
            if (a == null || b == null) {
                return (a == null) == (b == null);
            }
            return a.epsilon == b.epsilon && a.delta == b.delta;
        }

        /** Returns the guarantee as text, such as {@code epsilon 7.8, delta 1e-6}. */
        public String text() {
            return String.format(Locale.ROOT, "epsilon %.3g, delta %.0e", epsilon, delta)
                    .replace("e-0", "e-");
        }
    }

    /**
     * A figure over seeds.
     *
     * @param median the median; null where half of the seeds or more have none
     * @param low the lower end of a 95% confidence interval of the median; null for fewer than 3 seeds
     * @param high its upper end; also null if it is open
     * @param known the number of seeds with the figure
     */
    public record Spread(
            @Nullable Double median,
            @Nullable Double low,
            @Nullable Double high,
            int known) {}

    /**
     * The rounds, bytes and seconds to a target.
     *
     * @param target the target as in {@link Summary#targets}
     * @param value the target's figure, the median over seeds
     * @param reached the number of seeds that reached it
     * @param seeds the number of seeds
     * @param rounds the rounds to the target
     * @param uplinkBytes bytes sent until then
     * @param downlinkBytes bytes downloaded until then
     * @param seconds seconds until then
     */
    public record Reach(
            String target,
            @Nullable Double value,
            int reached,
            int seeds,
            Spread rounds,
            Spread uplinkBytes,
            Spread downlinkBytes,
            Spread seconds) {}

    /**
     * The stability of an arm's loss.
     *
     * @param shareOfRises share of the recorded rounds in which the loss rose, the median over seeds
     * @param largestRise the largest rise of the loss from one recorded round to the next, over all seeds
     * @param lastTenthSpread largest minus smallest loss in the last tenth of the rounds, the median over seeds
     * @param lastTenthShareOfRises share of rises in the last tenth
     * @param divergences the number of seeds that diverged
     */
    public record Stability(
            @Nullable Double shareOfRises,
            @Nullable Double largestRise,
            @Nullable Double lastTenthSpread,
            @Nullable Double lastTenthShareOfRises,
            int divergences) {}

    /**
     * The final figures of an arm.
     *
     * @param loss the final loss
     * @param gradNorm the final ||grad f||
     * @param bestGradNorm the smallest ||grad f|| of the trajectory
     * @param testMetric the final accuracy or R² on held-out samples
     */
    public record Quality(Spread loss, Spread gradNorm, Spread bestGradNorm, Spread testMetric) {}

    /**
     * One run.
     *
     * @param seed its seed
     * @param outcome finished, diverged or interrupted
     * @param round the round in which it ended
     * @param reason the reason if it did not finish
     */
    public record Run(
            long seed,
            String outcome,
            int round,
            String reason,
            @Nullable Double loss,
            @Nullable Double gradNorm,
            @Nullable Double testMetric,
            long uplinkBytes,
            long downlinkBytes,
            double seconds) {}

    /**
     * A step size that a search tried.
     *
     * @param gamma the step size
     * @param outcome finished, diverged or interrupted
     * @param loss the final training loss, by which the search chooses; null if it diverged
     * @param rounds the number of rounds
     * @param uplinkBytes bytes sent
     * @param downlinkBytes bytes downloaded
     */
    public record Candidate(
            String gamma, String outcome, @Nullable Double loss, int rounds, long uplinkBytes, long downlinkBytes) {}

    /**
     * The search for an arm's step size, with the first seed.
     *
     * @param chosen the step size with which training ended at the smallest loss
     * @param atEnd whether it is the smallest or the largest of the grid, so that a step size beyond the grid could be
     *     better
     * @param candidates all candidates, in the order of the grid
     * @param rounds the rounds of the candidates that were not chosen: the additional cost of the search
     * @param uplinkBytes the bytes that these sent
     * @param downlinkBytes the bytes that these downloaded
     */
    public record Search(
            String chosen,
            boolean atEnd,
            List<Candidate> candidates,
            long rounds,
            long uplinkBytes,
            long downlinkBytes) {}
}
