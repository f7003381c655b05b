package io.evenkeel.trial.result;

import io.evenkeel.trial.experiment.ThresholdSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * summary.json: the results of the trajectories. Missing and unreached figures are null.
 *
 * @param version the version of this format, 3
 * @param complete whether all runs finished or diverged; false after an interruption
 * @param problem the trained problem
 * @param baseline the arm that the others are compared with
 * @param targets the requested targets, or shares of the baseline's gain, the easiest first
 * @param droppedTargets the requested targets that are reached without
 *     training
 * @param thresholds the smallest relevant differences
 * @param arms the figures of each arm
 * @param comparisons each other arm against the baseline
 * @param verdict whether compression pays, and whether normalization avoids the
 *     search for a step size
 * @param environment the machine and the versions
 */
public record Summary(
        int version,
        boolean complete,
        Problem problem,
        String baseline,
        List<String> targets,
        List<String> droppedTargets,
        ThresholdSettings thresholds,
        List<ArmSummary> arms,
        List<Comparison> comparisons,
        Verdict verdict,
        @Nullable Environment environment) {

    /** Returns the same results with other comparisons and sentences. */
    public Summary with(List<Comparison> others, List<String> sentences) {
        return new Summary(
                version,
                complete,
                problem,
                baseline,
                targets,
                droppedTargets,
                thresholds,
                arms,
                others,
                new Verdict(
                        verdict.yardstick(),
                        verdict.answer(),
                        verdict.compression(),
                        verdict.withoutSearch(),
                        verdict.normalization(),
                        sentences),
                environment);
    }

    public Optional<ArmSummary> arm(String name) {
        return arms.stream().filter(arm -> arm.name().equals(name)).findFirst();
    }

    public static final int VERSION = 3;

    /**
     * The trained problem.
     *
     * @param description a description
     * @param dimension d
     * @param clients n
     * @param samples the total number of samples, 1 for each client if the loss is a formula
     * @param rounds R
     * @param seeds the seeds
     * @param initialLoss f(x^0), the median over seeds
     * @param initialGradNorm ||grad f(x^0)||, the median over seeds
     * @param metric the name of the metric on held-out samples, such as accuracy; null if there is none
     * @param higherIsBetter whether larger values of the metric are better
     * @param classes the class balance of the training samples; null if
     *     there are no classes or they are unknown
     * @param clientSamples the numbers of samples per client; null if unknown
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
            @Nullable String metric,
            boolean higherIsBetter,
            @Nullable ClassBalance classes,
            @Nullable ClientSamples clientSamples) {}

    /**
     * The numbers of samples per client.
     *
     * @param fewest the smallest number
     * @param most the largest number
     * @param weighted whether clients are weighted by their samples, or equally
     */
    public record ClientSamples(long fewest, long most, boolean weighted) {

        private static final long UNEQUAL = 2;

        /** Returns whether one client has more than twice the samples of another with the same weight. */
        public boolean unequal() {
            return !weighted && most > UNEQUAL * fewest;
        }
    }

    /**
     * The verdict of the trial in a few sentences.
     *
     * @param yardstick the uncompressed arm; null if there is none
     * @param answer whether compression pays: pays, costs-quality, does-not-pay, unclear, stopped, or unmeasured
     *     without an uncompressed or a compressed arm
     * @param compression the best compressed arm against the yardstick
     * @param withoutSearch the best compressed arm without a search for its step size against the yardstick; null
     *     if {@code compression} is such an arm
     * @param normalization the best normalized compressed arm against EF21
     *     with a tuned step; null if one of them is missing
     * @param sentences the headline, then further sentences
     */
    public record Verdict(
            @Nullable String yardstick,
            String answer,
            Comparison.@Nullable Contrast compression,
            Comparison.@Nullable Contrast withoutSearch,
            Comparison.@Nullable Contrast normalization,
            List<String> sentences) {}

    /**
     * The machine and the versions of a trial; seconds are comparable only on the same machine.
     *
     * @param evenkeel the program's version
     * @param java the JVM's version
     * @param system the operating system
     * @param processors the number of processors
     * @param finished the time of its end in UTC, in ISO-8601 format
     */
    public record Environment(String evenkeel, String java, String system, int processors, String finished) {

        /** Returns the environment of this process. */
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
