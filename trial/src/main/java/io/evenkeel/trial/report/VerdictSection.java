package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Intervals;
import io.evenkeel.trial.plot.Lettering;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.ContrastWords;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verdicts of a trial, and the cautions. */
final class VerdictSection {

    /** Reserves space for the figure's name. */
    private static final int MAX_NAME_LENGTH = 28;

    private final Texts texts;
    private final Figures figures;
    private final ContrastWords words;
    private final TrialResults trial;
    private final Summary summary;

    VerdictSection(Texts texts, TrialResults trial) {
        this.texts = texts;
        this.figures = new Figures(texts, trial.summary());
        this.words = new ContrastWords(texts, trial.summary());
        this.trial = trial;
        this.summary = trial.summary();
    }

    /** Writes only the headline; pictures follow. */
    void writeHeadline(Markup to) {
        to.element("p", words.verdict().get(0), "class", "lead");
    }

    void write(Markup to) {
        words.verdict().stream().skip(1).forEach(sentence -> to.element("p", sentence, "class", "lead"));
        if (trial.live() == null) {
            to.element("p", new RecommendationText(texts, trial).text());
        }
        to.open("div", "class", "cards");
        for (Comparison comparison : summary.comparisons()) {
            card(to, comparison);
        }
        to.close();
        to.open("div", "class", "beside");
        cautions(to);
        intervals(to);
        to.close();
    }

    private void cautions(Markup to) {
        List<String> cautions = new Cautions(texts, trial).withSeconds();
        if (!cautions.isEmpty()) {
            to.open("section", "class", "caution")
                    .element("h2", texts.get("verdict.cautions"))
                    .open("ul");
            cautions.forEach(caution -> to.element("li", caution));
            to.close().close();
        }
    }

    private void card(Markup to, Comparison comparison) {
        to.open("article", "class", "card " + comparison.verdict());
        to.open("h2").add(Grid.mark(trial.style(comparison.arm())));
        to.text(comparison.arm()).element("span", badge(comparison.verdict()), "class", "badge");
        to.close();
        to.element("p", words.headline(comparison), "class", "headline");
        to.open("ul");
        words.findings(comparison).forEach(finding -> to.element("li", finding));
        to.close();
        String reason = comparison.reason();
        if (reason != null) {
            to.element("p", new ReasonWords(texts).of(reason), "class", "reason");
        }
        to.element("p", test(comparison), "class", "note");
        to.close();
    }

    private String badge(String verdict) {
        return texts.get("verdict.badge." + verdict);
    }

    /** Returns the paired test for the hardest target that both reached, or for the final figure. */
    private String test(Comparison comparison) {
        Comparison.Paired chosen = null;
        for (Comparison.Paired test : comparison.tests()) {
            chosen = test.ratio()
                            && test.pairs() > 0
                            && (chosen == null || test.figure().startsWith("rounds to"))
                    ? test
                    : chosen;
        }
        return chosen == null
                ? texts.get("verdict.paired.none")
                : texts.get(
                        "verdict.paired",
                        figures.figure(chosen.figure()),
                        Numerals.shortest(chosen.estimate(), 3),
                        summary.baseline(),
                        interval(chosen));
    }

    private String interval(Comparison.Paired test) {
        Double low = test.low();
        if (low == null) {
            return texts.get(trial.experiment().isRandom() ? "verdict.paired.one" : "verdict.paired.fixed");
        }
        Double p = test.pValue();
        String interval = texts.get(
                "verdict.paired.interval",
                Numerals.shortest(low, 3),
                Numerals.shortest(or(test.high(), test.estimate()), 3),
                Money.exact(test.pairs()));
        return p == null ? interval : interval + texts.get("verdict.paired.p", Numerals.shortest(p, 2));
    }

    private void intervals(Markup to) {
        Intervals intervals = new Intervals(
                texts.get("verdict.ratios.described", summary.baseline()),
                Axis.logarithmic(texts.get("verdict.ratios.axis")),
                1);
        for (Comparison comparison : summary.comparisons()) {
            for (Comparison.Paired test : mainTests(comparison)) {
                intervals.row(row(comparison.arm(), test));
            }
        }
        if (!intervals.isEmpty()) {
            to.open("figure").element("figcaption", texts.get("verdict.ratios", summary.baseline()));
            to.add(intervals.svg()).close();
        }
    }

    /** Draws the ratios for the hardest target that both reached, and for the final figures. */
    private static List<Comparison.Paired> mainTests(Comparison comparison) {
        Map<String, Comparison.Paired> last = new LinkedHashMap<>();
        for (Comparison.Paired test : comparison.tests()) {
            if (test.ratio() && test.pairs() > 0) {
                last.put(test.figure().substring(0, 5), test);
            }
        }
        return List.copyOf(last.values());
    }

    private Intervals.Row row(String arm, Comparison.Paired test) {
        double low = or(test.low(), test.estimate());
        double high = or(test.high(), test.estimate());
        String text = Numerals.shortest(test.estimate(), 3)
                + (test.low() == null || low == high
                        ? ""
                        : " [" + Numerals.shortest(low, 3) + ", " + Numerals.shortest(high, 3) + "]");
        return new Intervals.Row(
                texts.get(
                        "verdict.ratios.row", Lettering.shortened(arm, MAX_NAME_LENGTH), figures.figure(test.figure())),
                trial.style(arm),
                test.estimate(),
                low,
                high,
                text);
    }

    private static double or(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    List<String> badges() {
        List<String> words = new ArrayList<>();
        summary.comparisons().forEach(comparison -> words.add(comparison.arm() + ": " + badge(comparison.verdict())));
        return words;
    }
}
