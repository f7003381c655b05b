package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Intervals;
import io.evenkeel.trial.plot.Lettering;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verdicts of a trial, and what to be careful about. */
final class VerdictSection {

    private static final int LONGEST_NAME = 28;

    private final TrialResults trial;
    private final Summary summary;

    VerdictSection(TrialResults trial) {
        this.trial = trial;
        this.summary = trial.summary();
    }

    void write(Markup to) {
        to.element("p", new ReportSummary(summary).sentence(), "class", "lead");
        to.open("div", "class", "cards");
        for (Summary.Comparison comparison : summary.comparisons()) {
            card(to, comparison);
        }
        to.close();
        to.open("div", "class", "beside");
        cautions(to);
        intervals(to);
        to.close();
    }

    private void cautions(Markup to) {
        List<String> cautions = new Cautions(trial).withSeconds();
        if (!cautions.isEmpty()) {
            to.open("section", "class", "caution")
                    .element("h2", "What to be careful about")
                    .open("ul");
            cautions.forEach(caution -> to.element("li", caution));
            to.close().close();
        }
    }

    private void card(Markup to, Summary.Comparison comparison) {
        to.open("article", "class", "card " + comparison.verdict());
        to.open("h2").add(Key.of(trial.style(comparison.arm())));
        to.text(comparison.arm()).element("span", badge(comparison.verdict()), "class", "badge");
        to.close();
        to.element("p", figure(comparison.headline()), "class", "headline");
        to.open("ul");
        comparison.findings().forEach(finding -> to.element("li", figure(finding)));
        to.close();
        String reason = comparison.reason();
        if (reason != null) {
            to.element("p", figure(reason), "class", "reason");
        }
        to.element("p", test(comparison), "class", "note");
        to.close();
    }

    private static String badge(String verdict) {
        return switch (verdict) {
            case "better" -> "▲ better";
            case "worse" -> "▼ worse";
            case "mixed" -> "◆ mixed";
            case "undecided" -> "? undecided";
            default -> "= no difference";
        };
    }

    /** The paired test of the hardest target both reached, or of the end. */
    private String test(Summary.Comparison comparison) {
        Summary.Paired told = null;
        for (Summary.Paired test : comparison.tests()) {
            told = test.ratio()
                            && test.pairs() > 0
                            && (told == null || test.figure().startsWith("rounds to"))
                    ? test
                    : told;
        }
        if (told == null) {
            return "No figure is there in both to test.";
        }
        String against = " that of " + summary.baseline();
        String what = "Paired by seed, " + figure(told.figure()) + " is " + Numerals.shortest(told.estimate(), 3)
                + " times" + against;
        return what + interval(told) + ".";
    }

    /** Writes targets and figures in a sentence with their signs. */
    String figure(String sentence) {
        String text = sentence;
        for (String target : summary.targets()) {
            text = text.replace(target, TextFormat.target(target));
        }
        return text.replace("grad-norm", "‖∇f‖")
                .replace("test-metric", "accuracy")
                .replace("||grad f||", "‖∇f‖");
    }

    private String interval(Summary.Paired test) {
        if (test.low() == null) {
            return trial.experiment().isRandom()
                    ? "; one pair, so there is no test: this could be chance"
                    : "; nothing is random here, so there is nothing to test";
        }
        Double p = test.pValue();
        return " [" + Numerals.shortest(test.low(), 3) + ", " + Numerals.shortest(or(test.high(), test.estimate()), 3)
                + "], 95% interval over " + test.pairs() + " seeds"
                + (p == null ? "" : ", p = " + Numerals.shortest(p, 2));
    }

    private void intervals(Markup to) {
        Intervals intervals = new Intervals(
                "Ratios to " + summary.baseline() + " with 95% intervals; the figures stand beside them",
                Axis.logarithmic("ratio; left of the line is less"),
                1);
        for (Summary.Comparison comparison : summary.comparisons()) {
            for (Summary.Paired test : telling(comparison)) {
                intervals.row(row(comparison.arm(), test));
            }
        }
        if (!intervals.isEmpty()) {
            to.open("figure").element("figcaption", "Ratios to " + summary.baseline() + ", seed by seed");
            to.add(intervals.svg()).close();
        }
    }

    /** The ratios for the hardest target both reached, and for where they ended. */
    private static List<Summary.Paired> telling(Summary.Comparison comparison) {
        Map<String, Summary.Paired> last = new LinkedHashMap<>();
        for (Summary.Paired test : comparison.tests()) {
            if (test.ratio() && test.pairs() > 0) {
                last.put(test.figure().substring(0, 5), test);
            }
        }
        return List.copyOf(last.values());
    }

    private Intervals.Row row(String arm, Summary.Paired test) {
        double low = or(test.low(), test.estimate());
        double high = or(test.high(), test.estimate());
        String text = Numerals.shortest(test.estimate(), 3)
                + (test.low() == null
                        ? ""
                        : " [" + Numerals.shortest(low, 3) + ", " + Numerals.shortest(high, 3) + "]");
        return new Intervals.Row(
                shortened(arm) + ": " + figure(test.figure()), trial.style(arm), test.estimate(), low, high, text);
    }

    /** Leaves room for what the figure is. */
    private static String shortened(String arm) {
        return Lettering.shortened(arm, LONGEST_NAME);
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    /** Returns each verdict in a word. */
    static List<String> words(Summary summary) {
        List<String> words = new ArrayList<>();
        summary.comparisons().forEach(comparison -> words.add(comparison.arm() + ": " + badge(comparison.verdict())));
        return words;
    }
}
