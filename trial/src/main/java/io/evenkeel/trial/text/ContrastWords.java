package io.evenkeel.trial.text;

import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Comparison.Ratio;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats the figures of a contrast as a sentence in a language, such as "No worse accuracy (93.4% against
 * 93.7%, margin 0.5 points) with 3.4 times fewer bytes up and 1.2 times the rounds to accuracy 92.9%".
 */
public final class ContrastWords {

    private static final double WHOLE_FROM = 9.95;

    private final Texts texts;
    private final Figures figures;
    private final Summary summary;

    public ContrastWords(Texts texts, Summary summary) {
        this.texts = texts;
        this.figures = new Figures(texts, summary);
        this.summary = summary;
    }

    /**
     * Returns the report's first sentences: whether compression pays, and whether normalization avoids a
     * search.
     */
    public List<String> verdict() {
        Summary.Verdict verdict = summary.verdict();
        List<String> sentences = new ArrayList<>();
        Contrast compression = verdict.compression();
        if ("stopped".equals(verdict.answer())) {
            sentences.add(texts.get("verdict.stopped"));
        } else if (compression == null) {
            sentences.add(texts.get(verdict.yardstick() == null ? "verdict.no-uncompressed" : "verdict.no-compressed"));
        } else {
            String key = "verdict." + verdict.answer();
            sentences.add(texts.get(key, sentence(compression), compression.arm(), compression.other()));
        }
        Contrast withoutSearch = verdict.withoutSearch();
        if (withoutSearch != null) {
            sentences.add(texts.get(
                    "verdict.without-search", sentence(withoutSearch), withoutSearch.arm(), withoutSearch.other()));
        }
        Contrast normalization = verdict.normalization();
        if (normalization != null) {
            sentences.add(String.join(" ", normalization(normalization)));
        }
        List<String> others = summary.arms().stream()
                .filter(arm -> !ArmSummary.Privacy.same(
                        arm.privacy(), arm(summary.baseline()).privacy()))
                .map(arm -> arm.name() + " (" + figures.privacy(arm) + ")")
                .toList();
        if (!others.isEmpty()) {
            sentences.add(texts.get("verdict.not-compared", String.join(texts.get("list"), others)));
        }
        return sentences;
    }

    /** Returns a summary with the sentences of its verdicts in English. */
    public static Summary withSentences(Summary summary) {
        ContrastWords words = new ContrastWords(Texts.in(Language.ENGLISH), summary);
        return summary.with(
                summary.comparisons().stream()
                        .map(each -> each.with(words.headline(each), words.findings(each)))
                        .toList(),
                words.verdict());
    }

    /** Returns the verdict on an arm in one sentence. */
    public String headline(Comparison comparison) {
        if (!summary.complete()) {
            return texts.get("verdict.stopped");
        }
        String sentence = sentence(comparison.contrast());
        return "other-privacy".equals(comparison.verdict())
                ? texts.get(
                        "verdict.other-privacy",
                        sentence,
                        figures.privacy(arm(comparison.arm())),
                        figures.privacy(arm(summary.baseline())))
                : texts.get("verdict.headline", sentence);
    }

    private List<String> normalization(Contrast contrast) {
        List<String> sentences = new ArrayList<>();
        sentences.add(texts.get("verdict.normalization", sentence(contrast), contrast.arm(), contrast.other()));
        if (arm(contrast.other()).search() == null) {
            sentences.add(texts.get("verdict.not-searched", contrast.other()));
        }
        Ratio rounds = contrast.roundsWithSearch();
        Ratio uplink = contrast.uplinkWithSearch();
        if (rounds != null && uplink != null) {
            sentences.add(texts.get(
                    "verdict.with-search", searched(contrast), ratio(uplink, "bytes"), ratio(rounds, "rounds")));
        }
        return sentences;
    }

    /** Lists the arms with a search, and the cost of the search. */
    private String searched(Contrast contrast) {
        List<String> searches = new ArrayList<>();
        for (String name : List.of(contrast.arm(), contrast.other())) {
            ArmSummary.Search search = arm(name).search();
            if (search != null) {
                searches.add(texts.get(
                        "verdict.search",
                        name,
                        Money.exact(search.candidates().size() - 1),
                        Money.exact((double) search.rounds()),
                        TextFormat.bytes((double) search.uplinkBytes())));
            }
        }
        return String.join(texts.get("and"), searches);
    }

    private ArmSummary arm(String name) {
        return summary.arm(name).orElseThrow();
    }

    /** Returns a contrast in one sentence, without its full stop. */
    public String sentence(Contrast contrast) {
        Ratio rounds = contrast.rounds();
        Ratio uplink = contrast.uplink();
        String target = contrast.target();
        return rounds == null || uplink == null || target == null
                ? texts.get("contrast.no-target", quality(contrast))
                : texts.get(
                        "contrast.effort",
                        quality(contrast),
                        ratio(uplink, "bytes"),
                        ratio(rounds, "rounds"),
                        figures.goal(target, contrast.targetValue()));
    }

    private String quality(Contrast contrast) {
        ArmSummary arm = arm(contrast.arm());
        ArmSummary other = arm(contrast.other());
        if (arm.stability().divergences() != other.stability().divergences()) {
            return texts.get("contrast.diverged", divergences(arm), divergences(other));
        }
        String measure = figures.measure(contrast.measure());
        Double value = contrast.value();
        Double otherValue = contrast.otherValue();
        if (value == null || otherValue == null) {
            return texts.get("contrast.no-quality", measure);
        }
        return texts.get(
                "contrast.quality." + key(contrast),
                measure,
                figures.quality(contrast.measure(), value),
                figures.quality(contrast.measure(), otherValue),
                margin(contrast),
                interval(contrast));
    }

    private static String key(Contrast contrast) {
        Comparison.Paired difference = contrast.difference();
        return switch (contrast.quality()) {
            case "better", "worse" -> difference != null && difference.estimate() > 0 ? "higher" : "lower";
            case "unclear" -> difference == null || difference.low() == null ? "one-seed" : "unclear";
            default -> contrast.quality();
        };
    }

    private String margin(Contrast contrast) {
        Double margin = contrast.margin();
        return margin == null ? "" : figures.difference(contrast.measure(), margin);
    }

    private String interval(Contrast contrast) {
        Comparison.Paired difference = contrast.difference();
        Double low = difference == null ? null : difference.low();
        Double high = difference == null ? null : difference.high();
        return low == null || high == null
                ? ""
                : texts.get(
                        "measures.from-to",
                        TextFormat.difference(contrast.measure(), low),
                        figures.difference(contrast.measure(), high));
    }

    private String divergences(ArmSummary arm) {
        return figures.count(arm.stability().divergences(), arm.runs().size());
    }

    private String ratio(Ratio ratio, String what) {
        Double value = ratio.value();
        if (value == null) {
            return texts.get("contrast.ratio." + what + ".unknown");
        }
        double times = "fewer".equals(ratio.sign()) ? 1 / value : value;
        return texts.get("contrast.ratio." + what + "." + ratio.sign(), times(times));
    }

    private static String times(double factor) {
        return String.format(Locale.ROOT, factor < WHOLE_FROM ? "%.1f" : "%.0f", factor);
    }

    /** Returns the grounds for the verdict on an arm: each target, the final figures, and the search. */
    public List<String> findings(Comparison comparison) {
        ArmSummary arm = arm(comparison.arm());
        ArmSummary baseline = arm(summary.baseline());
        List<String> findings = new ArrayList<>();
        for (int t = 0; t < summary.targets().size(); t++) {
            String finding = target(arm, baseline, t);
            if (finding != null) {
                findings.add(finding);
            }
        }
        findings.add(texts.get(
                "finding.loss",
                arm.name(),
                TextFormat.loss(arm.quality().loss().median()),
                baseline.name(),
                TextFormat.loss(baseline.quality().loss().median())));
        ArmSummary.Search search = arm.search();
        if (search != null) {
            findings.add(texts.get(
                    "finding.search",
                    Money.exact(search.candidates().size() - 1),
                    Money.exact((double) search.rounds()),
                    TextFormat.bytes((double) search.uplinkBytes())));
        }
        return findings;
    }

    private @Nullable String target(ArmSummary arm, ArmSummary baseline, int t) {
        ArmSummary.Reach mine = arm.reaches().get(t);
        ArmSummary.Reach theirs = baseline.reaches().get(t);
        String target = figures.target(summary, t);
        if (mine.reached() != theirs.reached()) {
            return texts.get(
                    "finding.reached",
                    target,
                    arm.name(),
                    figures.count(mine.reached(), mine.seeds()),
                    baseline.name(),
                    figures.count(theirs.reached(), theirs.seeds()));
        }
        Double rounds = mine.rounds().median();
        Double theirRounds = theirs.rounds().median();
        return rounds == null || theirRounds == null
                ? null
                : texts.get(
                        "finding.rounds",
                        target,
                        arm.name(),
                        Numerals.shortest(rounds, 4),
                        baseline.name(),
                        Numerals.shortest(theirRounds, 4));
    }
}
