package io.evenkeel.trial.result;

import io.evenkeel.trial.experiment.ThresholdSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * summary.json: what the trajectories say. What there is none of, or was not reached, is null.
 *
 * @param version of this format, 3
 * @param complete whether all runs got to their ends (or diverged); false after an interruption
 * @param problem what was trained
 * @param baseline the arm the others are compared with
 * @param targets those asked for, or shares of what the baseline gains, the easiest first
 * @param droppedTargets those asked for that are reached without training
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
        List<String> droppedTargets,
        ThresholdSettings thresholds,
        List<ArmSummary> arms,
        List<Comparison> comparisons,
        Verdict verdict,
        @Nullable Environment environment) {

    public Optional<ArmSummary> arm(String name) {
        return arms.stream().filter(arm -> arm.name().equals(name)).findFirst();
    }

    public static final int VERSION = 3;

    /**
     * The problem that was trained.
     *
     * @param description in words
     * @param dimension d
     * @param clients n
     * @param samples in all, 1 a client where the loss is a formula
     * @param rounds R
     * @param seeds those run
     * @param initialLoss f(x^0), the median over seeds
     * @param initialGradNorm likewise ||grad f(x^0)||
     * @param metric the name of what is measured on held-out samples, such as accuracy; null where nothing is
     * @param higherIsBetter whether more of it is better
     * @param classes of the training samples; null if there are none, or they are unknown
     * @param clientSamples of each client; null if unknown
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
     * The numbers of the clients' samples.
     *
     * @param fewest of the client with the fewest
     * @param most of the client with the most
     * @param weighted whether a client counts by its samples, or each the same
     */
    public record ClientSamples(long fewest, long most, boolean weighted) {

        private static final long UNEQUAL = 2;

        /** Returns whether one client has more than twice the samples of another that counts as much. */
        public boolean unequal() {
            return !weighted && most > UNEQUAL * fewest;
        }
    }

    /**
     * The verdict of the trial in a few sentences.
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
            Comparison.@Nullable Contrast compression,
            Comparison.@Nullable Contrast withoutSearch,
            Comparison.@Nullable Contrast normalization,
            List<String> sentences) {}

    /**
     * The machine and the versions of a trial; its seconds are comparable on the same machine only.
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
