package io.evenkeel.trial.grid;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.text.TextFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Answers the questions about a sweep that its axes allow, in sentences. */
final class SweepAnswers {

    private static final double ALLOWED = 1.5;
    private static final double SAME_RATIO = 1.15;
    private static final double SAME_POINTS = 0.005;
    private static final double SAME_SHARE = 0.01;
    private static final double FAR = 3;
    private static final double SETTLED = 1e-6;

    private final GridResults results;
    private final String target;

    SweepAnswers(GridResults results) {
        this.results = results;
        this.target = results.targetText();
    }

    List<Answer> all() {
        List<Answer> answers = new ArrayList<>();
        for (int a = 0; a < results.plan().axes().size(); a++) {
            SweepAxis axis = results.plan().axes().get(a);
            if (SweepAxis.STEP.equals(axis.name())) {
                add(
                        answers,
                        "How sensitive is each method to its step size?",
                        new Sensitivity(results, axis).sentences());
            } else if (axis.isCompression()) {
                add(answers, "How do compression and normalization interact?", interaction(a, axis));
            } else {
                add(answers, "How do the methods cope with " + axis.name() + "?", coping(a, axis));
            }
        }
        add(answers, "Does normalization over-smooth here?", smoothing());
        return answers;
    }

    private static void add(List<Answer> answers, String question, List<String> sentences) {
        if (!sentences.isEmpty()) {
            answers.add(new Answer(question, List.of(), sentences));
        }
    }

    /**
     * Returns the ratio of rounds of each normalized arm to the best plain one at each value, each at its best value of
     * the other axis.
     */
    private List<String> interaction(int a, SweepAxis axis) {
        List<String> sentences = new ArrayList<>();
        if (results.arms(true).isEmpty()) {
            return sentences;
        }
        for (String arm : results.arms(false)) {
            double[] mine = results.best(arm, a, SweepFigures::rounds);
            List<String> parts = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            boolean open = false;
            for (int i = 0; i < mine.length; i++) {
                double theirs = bestPlain(a, i);
                List<String> unsettled = unsettled(arm, i, mine[i], theirs);
                open |= !unsettled.isEmpty();
                parts.add("at " + axis.values().get(i) + " " + against(mine[i], theirs, unsettled));
                if (Double.isFinite(mine[i]) && Double.isFinite(theirs)) {
                    ratios.add(ratio(mine[i], theirs));
                }
            }
            sentences.add(arm + " against the best plain method, rounds to " + target + ": " + String.join("; ", parts)
                    + "." + (open ? widen() : trend(ratios, mine.length)));
        }
        return sentences;
    }

    private double bestPlain(int axis, int index) {
        return results.arms(true).stream()
                .mapToDouble(arm -> results.best(arm, axis, SweepFigures::rounds)[index])
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static double ratio(double mine, double theirs) {
        return Math.max(1, mine) / Math.max(1, theirs);
    }

    /**
     * Returns the methods that need more rounds, or never reach the target, but could be better with a step beyond the
     * grid.
     */
    private List<String> unsettled(String arm, int index, double mine, double theirs) {
        if (Double.isInfinite(mine) && Double.isInfinite(theirs)) {
            return List.of();
        }
        double ratio = ratio(mine, theirs);
        List<String> worse =
                ratio > SAME_RATIO ? List.of(arm) : ratio < 1 / SAME_RATIO ? results.arms(true) : List.of();
        return worse.stream().filter(each -> results.isOpen(each, index)).toList();
    }

    private String against(double mine, double theirs, List<String> unsettled) {
        if (Double.isInfinite(mine) && Double.isInfinite(theirs)) {
            return "neither gets there";
        }
        String why = unsettled.isEmpty() ? "" : ends(unsettled);
        if (Double.isFinite(mine) && Double.isFinite(theirs)) {
            return Numerals.shortest(ratio(mine, theirs), 3) + " times as many"
                    + (why.isEmpty() ? "" : " (" + why + ")");
        }
        if (!why.isEmpty()) {
            return "it is unknown, because " + why;
        }
        return "only the " + (Double.isInfinite(mine) ? "plain" : "normalized") + " one gets there";
    }

    private String ends(List<String> arms) {
        return results.stepAxis() < 0
                ? "each method has one step size"
                : "the grid ends, or has a gap, at the best step of " + String.join(", ", arms);
    }

    private String widen() {
        return results.stepAxis() < 0
                ? " Add an axis of step sizes before you rely on this."
                : " Try more step sizes there before you rely on this.";
    }

    private static String trend(List<Double> ratios, int all) {
        if (ratios.size() < 2 || ratios.size() < all) {
            return "";
        }
        double least = ratios.stream().min(Comparator.naturalOrder()).orElseThrow();
        double most = ratios.stream().max(Comparator.naturalOrder()).orElseThrow();
        String gain = most < 1 / SAME_RATIO
                ? " Normalization needs fewer rounds at every compression"
                : least > SAME_RATIO
                        ? " Normalization needs more rounds at every compression"
                        : " Whether normalization needs fewer rounds depends on the compression";
        return gain
                + (most < SAME_RATIO * least
                        ? ", by about the same factor."
                        : "; the factor changes by " + Numerals.shortest(most / least, 3) + " over them.");
    }

    /** Returns each arm's results along an axis, each with the best value of the other axis. */
    private List<String> coping(int a, SweepAxis axis) {
        List<String> sentences = new ArrayList<>();
        for (String arm : results.arms()) {
            double[] rounds = results.best(arm, a, SweepFigures::rounds);
            double[] bad = results.best(arm, a, SweepAnswers::badMetric);
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < rounds.length; i++) {
                String figure = results.hasTestMetric()
                        ? metric(bad[i])
                        : Double.isInfinite(rounds[i]) ? "never" : TextFormat.number(rounds[i]);
                parts.add(figure + " at " + axis.values().get(i));
            }
            sentences.add(arm + ", "
                    + (results.hasTestMetric() ? results.metric() + ": " : "rounds to " + target + ": ")
                    + String.join(", ", parts) + ". "
                    + (results.hasTestMetric() ? change(bad, axis) : held(axis, rounds)));
        }
        if (results.hasTestMetric() && results.arms().size() > 1) {
            sentences.add(comparison(a, axis));
        }
        return sentences;
    }

    private String change(double[] bad, SweepAxis axis) {
        double gain = bad[0] - bad[bad.length - 1];
        String last = axis.values().get(bad.length - 1);
        if (!Double.isFinite(gain)) {
            return "";
        }
        return Math.abs(gain) <= SAME_POINTS
                ? "It ends the same at " + last + " as at " + axis.values().get(0) + "."
                : "At " + last + " it " + (gain > 0 ? "gains " : "loses ") + points(Math.abs(gain)) + ".";
    }

    /** Returns a sentence on the best arm at the last value, if the difference is relevant. */
    private String comparison(int a, SweepAxis axis) {
        int last = axis.values().size() - 1;
        List<String> order = results.arms().stream()
                .sorted(Comparator.comparingDouble(arm -> results.best(arm, a, SweepAnswers::badMetric)[last]))
                .toList();
        String at = "At " + axis.values().get(last) + " ";
        double best = results.best(order.get(0), a, SweepAnswers::badMetric)[last];
        double worst = results.best(order.get(order.size() - 1), a, SweepAnswers::badMetric)[last];
        if (worst - best <= SAME_POINTS) {
            return at + "no method copes better than another: all are within " + points(SAME_POINTS) + ".";
        }
        double second = results.best(order.get(1), a, SweepAnswers::badMetric)[last];
        List<String> open = order.stream()
                .skip(second - best <= SAME_POINTS ? 2 : 1)
                .filter(arm -> results.isOpen(arm, last))
                .toList();
        return copesBest(at, order, best, second, worst) + (open.isEmpty() ? "" : " But " + ends(open) + "." + widen());
    }

    private String copesBest(String at, List<String> order, double best, double second, double worst) {
        return second - best <= SAME_POINTS
                ? at + order.get(0) + " and " + order.get(1) + " cope best, with " + metric(best) + " and "
                        + metric(second) + "; " + order.get(order.size() - 1) + " ends at " + metric(worst) + "."
                : at + order.get(0) + " copes best, with " + metric(best) + ", " + points(second - best) + " above "
                        + order.get(1) + ".";
    }

    private String metric(double badness) {
        return Double.isFinite(badness) ? TextFormat.metric(results.metric(), -badness) : "none";
    }

    private String points(double size) {
        return TextFormat.difference(results.metric(), size)
                + (QualityMetric.isShare(results.metric()) ? " points" : "");
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

    /** Compares each normalized arm's best final quality with that of the best tuned plain arm. */
    private List<String> smoothing() {
        List<String> sentences = new ArrayList<>();
        String plain = results.arms(true).stream()
                .min(Comparator.comparingDouble(arm -> results.best(arm, this::badness)))
                .orElse("");
        if (plain.isEmpty() || Double.isInfinite(results.best(plain, this::badness))) {
            return sentences;
        }
        for (String arm : results.arms(false)) {
            sentences.add(smoothing(arm, plain));
        }
        return sentences;
    }

    /** Returns the figure to minimise: the loss, or the negated metric if there are held-out samples. */
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
        double least = results.hasTestMetric() ? SAME_POINTS : SAME_SHARE * Math.max(Math.abs(theirs), 1e-12);
        String quality = results.hasTestMetric() ? results.metric() : "loss";
        String pair = quality + " " + shown(mine) + " against " + shown(theirs) + " of " + plain
                + ", the best plain method, each at its best setting of this grid";
        if (Double.isInfinite(mine)) {
            return "No answer for " + arm + ": it has no final " + quality + " in any cell.";
        }
        Contest.Result ending = Contest.judge(new double[] {theirs - mine}, least);
        if (ending == Contest.Result.WORSE) {
            return norm < SETTLED && plainNorm < SETTLED
                    ? "No, but " + arm + " ends elsewhere: " + pair
                            + ". Both settled, at different stationary points of this loss."
                    : "Yes, " + arm + " ends worse: " + pair + "." + atEnd(arm);
        }
        String answer =
                ending == Contest.Result.BETTER ? "No, " + arm + " ends better: " : "No, " + arm + " ends as well: ";
        return answer + pair + "."
                + (ending == Contest.Result.BETTER ? atEnd(plain) : "")
                + (norm > FAR * plainNorm
                        ? " It stops at a larger gradient (" + TextFormat.number(norm) + " against "
                                + TextFormat.number(plainNorm) + "), as its steps keep it from settling."
                        : "");
    }

    /** A best setting at the end of the grid is inconclusive: the next step could be better. */
    private String atEnd(String arm) {
        int axis = results.stepAxis();
        return axis < 0 || GridResults.isOpen(results.plan().axes().get(axis), results.best(arm, axis, this::badness))
                ? " But " + ends(List.of(arm)) + "." + widen()
                : "";
    }

    private String shown(double badness) {
        return results.hasTestMetric() ? metric(badness) : TextFormat.loss(badness);
    }
}
