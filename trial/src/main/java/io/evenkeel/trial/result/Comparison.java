package io.evenkeel.trial.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The comparison of an arm with the baseline.
 *
 * @param arm the arm
 * @param verdict better, worse, mixed, no-difference, undecided, or
 *     other-privacy if the two arms have different privacy guarantees
 * @param contrast the figures of the headline
 * @param headline the verdict in plain words
 * @param findings the grounds for the verdict, one sentence each
 * @param reason why the arm was worse, as far as its trajectories show it; null if it was not
 * @param tests the underlying tests
 */
public record Comparison(
        String arm,
        String verdict,
        Contrast contrast,
        String headline,
        List<String> findings,
        @Nullable String reason,
        List<Paired> tests) {

    /** Returns the same comparison with other sentences. */
    public Comparison with(String otherHeadline, List<String> otherFindings) {
        return new Comparison(arm, verdict, contrast, otherHeadline, otherFindings, reason, tests);
    }

    /** Returns all sentences, joined. */
    public String text() {
        String all = headline + " " + String.join(" ", findings);
        return (reason == null ? all : all + " " + reason).strip();
    }

    /**
     * The comparison of an arm's figure with the baseline's, seed by seed.
     *
     * @param figure the figure, such as {@code rounds to grad-norm:0.01} or {@code final test-metric}
     * @param ratio whether {@code estimate} is a ratio arm/baseline (of geometric means), or a difference arm -
     *     baseline (of means)
     * @param pairs the number of seeds with the figure in both arms
     * @param estimate the ratio or difference
     * @param low lower end of its 95% confidence interval (Student's t); null for fewer than 2 pairs
     * @param high upper end
     * @param pValue the p-value of the paired t-test for no difference; null for fewer than 2 pairs or if all pairs
     *     differ equally
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
     * The ratio of the costs of two arms.
     *
     * @param value arm over other, the geometric mean over seeds; null if there is
     *     none
     * @param sign fewer, same, more, or unclear if the seeds contradict each other
     */
    public record Ratio(@Nullable Double value, String sign) {}

    /**
     * A contrast of two arms: first quality, then cost.
     *
     * @param arm the arm
     * @param other the other arm
     * @param measure the decisive quality measure: the metric on held-out samples, or the loss
     * @param value the arm's final figure, the median over seeds; null if it has none
     * @param otherValue the other arm's final figure
     * @param quality better; not-worse, which is within the margin; worse; or unclear if the seeds are inconclusive
     * @param margin the largest difference that is ignored; null if there is nothing to compare
     * @param difference arm minus other with its interval; null if there is nothing to compare
     * @param target the hardest target that both reached; null if there is none, and then there are no ratios
     * @param targetValue the target's figure, the median over seeds
     * @param rounds rounds to the target
     * @param uplink bytes sent until then
     * @param downlink bytes downloaded until then
     * @param roundsWithSearch arm over other, with the rounds of both searches; null if neither was searched
     * @param uplinkWithSearch the same for bytes sent
     */
    public record Contrast(
            String arm,
            String other,
            String measure,
            @Nullable Double value,
            @Nullable Double otherValue,
            String quality,
            @Nullable Double margin,
            @Nullable Paired difference,
            @Nullable String target,
            @Nullable Double targetValue,
            @Nullable Ratio rounds,
            @Nullable Ratio uplink,
            @Nullable Ratio downlink,
            @Nullable Ratio roundsWithSearch,
            @Nullable Ratio uplinkWithSearch) {}
}
