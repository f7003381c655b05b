package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The paper's first experiment: a polynomial that is (L0, L1)-smooth and not smooth. */
public final class PolynomialReproduction implements Reproduction {

    private static final double[] L1 = {1, 4, 8};
    private static final int[] HORIZON = {2000, 5000, 16000};
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final int EARLY = 0;
    private static final int LATE = 1;

    @Override
    public String name() {
        return "polynomial";
    }

    @Override
    public String introduction() {
        return """
                ## The polynomial (arXiv 2410.16871, section 5.1)

                n = 1, d = 4, Top-1, f(x) = sum a x_j^4 + lambda sum x_j^2/(1+x_j^2) with a = lambda/24; L0 = 4 held, L1 in {1, 4, 8}, from which
                lambda follows; x0 ~ N(20, 1), five seeds. ‖EF21‖ with gamma = 1/sqrt(K+1), K = 2000, 5000, 16000; EF21 with the theory's step for
                L = lambda sqrt(d) D^2/2 + 2 lambda, D = 20. `accumulated` is beyond the paper: AdaGrad-Norm with gamma0 = 1.

                Claim: EF21 is faster at first, ‖EF21‖ is the first to reach ‖∇f‖^2 < 1e-4, that is ‖∇f‖ < 1e-2.
                """;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < L1.length; i++) {
            parts.add(new Part(String.format(Locale.ROOT, "L1-%.0f", L1[i]), experiment(L1[i], HORIZON[i])));
        }
        return parts;
    }

    private static Experiment experiment(double l1, int horizon) {
        DataDraft data = new DataDraft(
                "polynomial",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                4,
                null,
                null,
                null,
                l1,
                null);
        return new ExperimentDraft(
                        data,
                        null,
                        null,
                        null,
                        null,
                        horizon + 1,
                        SEEDS,
                        1,
                        List.of("grad-norm:100", "grad-norm:0.01"),
                        null,
                        List.of(
                                ArmSettings.parse("ef21,compressor=top-k:1+float64,name=EF21"),
                                ArmSettings.parse("ef21-norm,compressor=top-k:1+float64,name=normalized"),
                                ArmSettings.parse(
                                        "ef21,step=accumulated-norm,compressor=top-k:1+float64,name=accumulated")),
                        null)
                .complete();
    }

    @Override
    public String findings(List<Summary> summaries) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < summaries.size(); i++) {
            Summary summary = summaries.get(i);
            text.append(String.format(Locale.ROOT, "%n### L1 = %.0f, K = %d%n%n", L1[i], HORIZON[i]));
            text.append(MarkdownTable.of(summary));
            text.append('\n').append(judge(summary));
        }
        return text.toString();
    }

    private static String judge(Summary summary) {
        return "- EF21 faster at first (‖∇f‖ < 100): " + verdict(summary, EARLY, "EF21", "normalized") + "\n"
                + "- ‖EF21‖ first to ‖∇f‖ < 1e-2: " + verdict(summary, LATE, "normalized", "EF21") + "\n";
    }

    /** Whether one arm reached a target before another, by the medians over seeds. */
    private static String verdict(Summary summary, int target, String first, String second) {
        double mine = rounds(summary, first, target);
        double theirs = rounds(summary, second, target);
        if (Double.isInfinite(mine) && Double.isInfinite(theirs)) {
            return "**neither got there**.";
        }
        return (mine < theirs ? "**agrees**" : "**disagrees**")
                + String.format(Locale.ROOT, " (%s against %s rounds).", shown(mine), shown(theirs));
    }

    private static double rounds(Summary summary, String arm, int target) {
        return summary.arms().stream()
                .filter(a -> a.name().equals(arm))
                .map(a -> a.reaches().get(target).rounds().median())
                .mapToDouble(median -> median == null ? Double.POSITIVE_INFINITY : median)
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static String shown(double rounds) {
        return Double.isInfinite(rounds) ? "never" : String.format(Locale.ROOT, "%.0f", rounds);
    }
}
