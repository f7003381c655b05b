package io.evenkeel.trial.sweep;

import io.evenkeel.core.step.PlainStep;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.report.TextFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a sweep says, in words: a question and its answers, as far as the axes allow. */
final class SweepAnswers {

    private static final double ALLOWED = 1.5;
    private static final double SAME_RATIO = 1.15;
    private static final double SAME_POINTS = 0.005;
    private static final double SAME_SHARE = 0.01;
    private static final double FAR = 3;
    private static final double SETTLED = 1e-6;

    private final SweepResults results;
    private final String target;

    SweepAnswers(SweepResults results) {
        this.results = results;
        this.target = TextFormat.target(results.target().toString());
    }

    Map<String, List<String>> all() {
        Map<String, List<String>> answers = new LinkedHashMap<>();
        for (int a = 0; a < results.plan().axes().size(); a++) {
            SweepAxis axis = results.plan().axes().get(a);
            if (SweepAxis.STEP.equals(axis.name())) {
                answers.put(
                        "How sensitive is each method to its step size?", new Sensitivity(results, axis).sentences());
            } else if (axis.isCompression()) {
                answers.put("How do compression and normalization interact?", interaction(a, axis));
            } else {
                answers.put("How much " + axis.name() + " does each method bear?", bearing(a, axis));
            }
        }
        List<String> smoothing = smoothing();
        if (!smoothing.isEmpty()) {
            answers.put("Does normalization over-smooth here?", smoothing);
        }
        answers.values().removeIf(List::isEmpty);
        return answers;
    }

    private boolean isPlain(String arm) {
        return results.settings(arm).rule() instanceof PlainStep;
    }

    private List<String> arms(boolean plain) {
        return results.arms().stream().filter(arm -> isPlain(arm) == plain).toList();
    }

    /** Rounds of each normalized arm over those of the best plain one, at each value, each at its best on the other axis. */
    private List<String> interaction(int a, SweepAxis axis) {
        List<String> sentences = new ArrayList<>();
        if (arms(true).isEmpty()) {
            return sentences;
        }
        for (String arm : arms(false)) {
            double[] mine = results.best(arm, a, SweepFigures::rounds);
            List<String> parts = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < mine.length; i++) {
                double theirs = bestPlain(a, i);
                parts.add(axis.values().get(i) + ": " + against(mine[i], theirs));
                if (Double.isFinite(mine[i]) && Double.isFinite(theirs)) {
                    ratios.add(Math.max(1, mine[i]) / Math.max(1, theirs));
                }
            }
            sentences.add(arm + ", rounds to " + target + " over those of the best plain method, "
                    + String.join("; ", parts) + "." + trend(ratios, mine.length));
        }
        return sentences;
    }

    private double bestPlain(int axis, int index) {
        return arms(true).stream()
                .mapToDouble(arm -> results.best(arm, axis, SweepFigures::rounds)[index])
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static String against(double mine, double theirs) {
        if (Double.isInfinite(mine)) {
            return Double.isInfinite(theirs) ? "neither got there" : "never, plain did";
        }
        return Double.isInfinite(theirs)
                ? "only it got there"
                : Numerals.shortest(Math.max(1, mine) / Math.max(1, theirs), 3);
    }

    private static String trend(List<Double> ratios, int all) {
        if (ratios.size() < 2 || ratios.size() < all) {
            return "";
        }
        double least = ratios.stream().min(Comparator.naturalOrder()).orElseThrow();
        double most = ratios.stream().max(Comparator.naturalOrder()).orElseThrow();
        return most < SAME_RATIO * least
                ? " What it gains does not depend on the compression."
                : " What it gains depends on the compression, by a factor of " + Numerals.shortest(most / least, 3)
                        + ".";
    }

    /** How far along an axis each arm stays near what it does at its best value. */
    private List<String> bearing(int a, SweepAxis axis) {
        List<String> sentences = new ArrayList<>();
        for (String arm : results.arms()) {
            double[] rounds = results.best(arm, a, SweepFigures::rounds);
            double[] metric = results.best(arm, a, f -> -f.testMetric());
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < rounds.length; i++) {
                parts.add(axis.values().get(i) + ": "
                        + (results.hasTestMetric()
                                ? "accuracy " + TextFormat.number(-metric[i])
                                : Double.isInfinite(rounds[i]) ? "never" : TextFormat.number(rounds[i]) + " rounds"));
            }
            sentences.add(arm + ", at " + axis.name() + " " + String.join("; ", parts) + ". "
                    + (results.hasTestMetric() ? "" : held(axis, rounds)));
        }
        return sentences;
    }

    private static String held(SweepAxis axis, double[] rounds) {
        double best = java.util.Arrays.stream(rounds).min().orElse(Double.POSITIVE_INFINITY);
        if (Double.isInfinite(best)) {
            return "";
        }
        List<String> good = new ArrayList<>();
        for (int i = 0; i < rounds.length; i++) {
            if (rounds[i] <= ALLOWED * best) {
                good.add(axis.values().get(i));
            }
        }
        return "Within a factor of " + ALLOWED + " of its best at " + String.join(", ", good) + ".";
    }

    /** Each normalized arm's best final quality against the best tuned plain arm's. */
    private List<String> smoothing() {
        List<String> sentences = new ArrayList<>();
        String plain = arms(true).stream()
                .min(Comparator.comparingDouble(arm -> results.best(arm, this::badness)))
                .orElse("");
        if (plain.isEmpty() || Double.isInfinite(results.best(plain, this::badness))) {
            return sentences;
        }
        for (String arm : arms(false)) {
            sentences.add(smoothing(arm, plain));
        }
        return sentences;
    }

    /** What is to be small in the end: the loss, or where there are held-out samples the inaccuracy. */
    private double badness(SweepFigures figures) {
        return results.hasTestMetric() ? badMetric(figures) : figures.loss();
    }

    private static double badMetric(SweepFigures figures) {
        return Double.isFinite(figures.testMetric()) ? -figures.testMetric() : Double.POSITIVE_INFINITY;
    }

    private String smoothing(String arm, String plain) {
        double mine = results.best(arm, this::badness);
        double theirs = results.best(plain, this::badness);
        double norm = results.best(arm, SweepFigures::gradNorm);
        double plainNorm = results.best(plain, SweepFigures::gradNorm);
        boolean worse = results.hasTestMetric()
                ? mine > theirs + SAME_POINTS
                : mine > theirs + SAME_SHARE * Math.max(Math.abs(theirs), 1e-12);
        String quality = results.hasTestMetric() ? "accuracy" : "loss";
        String figures = arm + " at its best ends at " + quality + " " + shown(mine) + ", " + plain + " at its best at "
                + shown(theirs) + "; ‖∇f‖ " + TextFormat.number(norm) + " against " + TextFormat.number(plainNorm)
                + ". ";
        if (worse && norm < SETTLED && plainNorm < SETTLED) {
            return figures
                    + "Both settled, at different stationary points: that is this loss's doing, not over-smoothing.";
        }
        if (worse) {
            return figures + "Yes: no setting of this grid gets it to the plain method's " + quality + ".";
        }
        return figures
                + (norm > FAR * plainNorm
                        ? "Not in " + quality + ", but it stops at a larger gradient: the steps keep it from settling."
                        : "No: it ends as well.");
    }

    private String shown(double badness) {
        return results.hasTestMetric() ? TextFormat.number(-badness) : TextFormat.loss(badness);
    }
}
