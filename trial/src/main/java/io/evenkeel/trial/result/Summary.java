package io.evenkeel.trial.result;

import io.evenkeel.trial.experiment.ThresholdSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * summary.json: what the trajectories say. What there is none of, or was not reached, is null.
 *
 * @param version of this format, 2
 * @param complete whether all runs got to their ends (or diverged); false after an interruption
 * @param problem what was trained
 * @param baseline the arm the others are compared with
 * @param targets those asked for, or shares of what the baseline gains, the easiest first
 * @param thresholds the differences that matter
 * @param arms what each arm did
 * @param comparisons each other arm against the baseline
 * @param verdict does compression pay, and does normalization spare the search for a step size
 * @param environment what it ran on
 */
public record Summary(
        int version,
        boolean complete,
        Problem problem,
        String baseline,
        List<String> targets,
        ThresholdSettings thresholds,
        List<ArmSummary> arms,
        List<Comparison> comparisons,
        Verdict verdict,
        @Nullable Environment environment) {

    /** The current version. */
    public static final int VERSION = 2;

    /**
     * What was trained.
     *
     * @param description in words
     * @param dimension d
     * @param clients n
     * @param samples in all, 1 a client where the loss is a formula
     * @param rounds R
     * @param seeds those run
     * @param initialLoss f(x^0), the median over seeds
     * @param initialGradNorm likewise ||grad f(x^0)||
     * @param metric what is measured on held-out samples: accuracy or R²; null where nothing is
     */
    public record Problem(
            String description,
            int dimension,
            int clients,
            long samples,
            int rounds,
            List<Long> seeds,
            @Nullable Double initialLoss,
            @Nullable Double initialGradNorm,
            @Nullable String metric) {}

    /**
     * A figure over seeds.
     *
     * @param median the median; null where half of the seeds or more have none
     * @param low the lower end of a 95% confidence interval of the median; null for fewer than 3 seeds
     * @param high its upper end; null too where it is open
     * @param known how many seeds have the figure
     */
    public record Spread(
            @Nullable Double median,
            @Nullable Double low,
            @Nullable Double high,
            int known) {}

    /**
     * What it took to reach a target.
     *
     * @param target as in {@link Summary#targets}
     * @param value the number that the target stands for, the median over seeds
     * @param reached how many seeds got there
     * @param seeds of how many
     * @param rounds rounds it took
     * @param uplinkBytes bytes sent until then
     * @param downlinkBytes bytes fetched until then
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
     * How evenly an arm went.
     *
     * @param shareOfRises share of the recorded rounds in which the loss rose, the median over seeds
     * @param largestRise the largest rise of the loss from one recorded round to the next, over all seeds
     * @param lastTenthSpread largest less smallest loss in the last tenth of the rounds, the median over seeds
     * @param lastTenthShareOfRises share of rises within it
     * @param divergences how many seeds diverged
     */
    public record Stability(
            @Nullable Double shareOfRises,
            @Nullable Double largestRise,
            @Nullable Double lastTenthSpread,
            @Nullable Double lastTenthShareOfRises,
            int divergences) {}

    /**
     * Where an arm ended.
     *
     * @param loss the final loss
     * @param gradNorm the final ||grad f||
     * @param bestGradNorm the smallest ||grad f|| on the way
     * @param testMetric the final accuracy or R² on held-out samples
     */
    public record Quality(Spread loss, Spread gradNorm, Spread bestGradNorm, Spread testMetric) {}

    /**
     * One run.
     *
     * @param seed its seed
     * @param outcome finished, diverged or interrupted
     * @param round the round it ended in
     * @param reason why, if it did not finish
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
     * @param rounds rounds that were run
     * @param uplinkBytes bytes sent
     * @param downlinkBytes bytes fetched
     */
    public record Candidate(
            String gamma, String outcome, @Nullable Double loss, int rounds, long uplinkBytes, long downlinkBytes) {}

    /**
     * The search for an arm's step size, with the first seed.
     *
     * @param chosen the step size with which training ended at the least loss
     * @param atEnd whether it is the smallest or the largest of the grid, so that one beyond could be better
     * @param candidates all that were tried, in the order of the grid
     * @param rounds rounds of those that were not chosen: what the search cost on top of the training itself
     * @param uplinkBytes likewise bytes sent
     * @param downlinkBytes likewise bytes fetched
     */
    public record Search(
            String chosen,
            boolean atEnd,
            List<Candidate> candidates,
            long rounds,
            long uplinkBytes,
            long downlinkBytes) {}

    /**
     * What an arm did.
     *
     * @param name its name
     * @param algorithm the preset
     * @param feedback its error feedback
     * @param step the step rule
     * @param gamma the step size's schedule, with the first seed's figures
     * @param eta the momentum's schedule
     * @param compressor the compressor
     * @param alpha its contraction factor
     * @param search the search for its step size; null without
     * @param reaches one for each target
     * @param lossPerMegabyte loss shed for each megabyte (10^6 bytes) sent up
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
            @Nullable Search search,
            List<Reach> reaches,
            Stability stability,
            Spread lossPerMegabyte,
            Quality quality,
            List<Run> runs) {}

    /**
     * An arm's figure against the baseline's, seed by seed.
     *
     * @param figure which, such as {@code rounds to grad-norm:0.01} or {@code final test-metric}
     * @param ratio whether {@code estimate} is a ratio arm/baseline (of geometric means), or a difference arm - baseline (of means)
     * @param pairs how many seeds have the figure in both arms
     * @param estimate the ratio or difference
     * @param low lower end of its 95% confidence interval (Student's t); null for fewer than 2 pairs
     * @param high upper end
     * @param pValue of the paired t-test that there is no difference; null for fewer than 2 pairs or if all pairs differ the same
     */
    public record Paired(
            String figure,
            boolean ratio,
            int pairs,
            double estimate,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Double pValue) {}

    /**
     * How many times as much an arm took as another.
     *
     * @param value arm over other, the geometric mean over seeds; null where there is none
     * @param sign fewer, same, more, or unclear if the seeds contradict each other
     */
    public record Ratio(@Nullable Double value, String sign) {}

    /**
     * An arm beside another: quality first, then what it took.
     *
     * @param arm the arm
     * @param other what it is compared with
     * @param measure of quality: accuracy, R² or loss
     * @param value the arm's final figure, the median over seeds; null if it has none
     * @param otherValue the other's
     * @param quality better, same, worse, or unclear if the seeds contradict each other or there is nothing to compare
     * @param target the hardest target that both reached; null if there is none, and then there are no ratios
     * @param targetValue the number that it stands for, the median over seeds
     * @param rounds rounds to the target
     * @param uplink bytes sent until then
     * @param downlink bytes fetched until then
     * @param roundsWithSearch arm over other, with the rounds of both searches; null if neither was searched
     * @param uplinkWithSearch likewise bytes sent
     * @param text all this as a sentence
     */
    public record Contrast(
            String arm,
            String other,
            String measure,
            @Nullable Double value,
            @Nullable Double otherValue,
            String quality,
            @Nullable String target,
            @Nullable Double targetValue,
            @Nullable Ratio rounds,
            @Nullable Ratio uplink,
            @Nullable Ratio downlink,
            @Nullable Ratio roundsWithSearch,
            @Nullable Ratio uplinkWithSearch,
            String text) {}

    /**
     * What the trial says in a few sentences.
     *
     * @param yardstick the uncompressed arm; null if there is none
     * @param answer whether compression pays: pays, costs-quality, does-not-pay, unclear, stopped, or unmeasured without an
     *     uncompressed or a compressed arm
     * @param compression the best compressed arm beside the yardstick
     * @param withoutSearch the best compressed arm whose step size was not searched for, beside the yardstick; null if that of
     *     {@code compression} is one
     * @param normalization the best normalized compressed arm beside EF21 with a tuned step; null if one of them is missing
     * @param sentences the headline, then what else is to be said
     */
    public record Verdict(
            @Nullable String yardstick,
            String answer,
            @Nullable Contrast compression,
            @Nullable Contrast withoutSearch,
            @Nullable Contrast normalization,
            List<String> sentences) {}

    /**
     * An arm against the baseline.
     *
     * @param arm the arm
     * @param verdict better, worse, mixed, no-difference or undecided
     * @param contrast the figures of the headline
     * @param headline the verdict in plain words
     * @param findings what it rests on, a sentence each
     * @param reason why the arm was worse, as far as its trajectories show it; null where it was not
     * @param tests the figures behind
     */
    public record Comparison(
            String arm,
            String verdict,
            Contrast contrast,
            String headline,
            List<String> findings,
            @Nullable String reason,
            List<Paired> tests) {

        /** Returns all sentences in a row. */
        public String text() {
            String all = headline + " " + String.join(" ", findings);
            return (reason == null ? all : all + " " + reason).strip();
        }
    }

    /**
     * What a trial ran on; its seconds mean nothing without.
     *
     * @param evenkeel the program's version
     * @param java the JVM's version
     * @param system the operating system
     * @param processors how many it had
     * @param finished when it ended, in UTC, as ISO-8601 writes it
     */
    public record Environment(String evenkeel, String java, String system, int processors, String finished) {

        /** Returns this process's. */
        public static Environment current(Instant finished) {
            String version = Summary.class.getPackage().getImplementationVersion();
            return new Environment(
                    version == null ? "unpacked build" : version,
                    Runtime.version().toString(),
                    System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    finished.truncatedTo(ChronoUnit.SECONDS).toString());
        }
    }
}
