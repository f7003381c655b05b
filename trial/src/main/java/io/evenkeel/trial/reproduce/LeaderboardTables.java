package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leader-board's tables in Markdown: first every algorithm's ratios to tuned EF21 over all problems, then what a lossy downlink
 * costs and saves, then each problem's rounds and bytes.
 */
final class LeaderboardTables {

    static final String YARDSTICK = "ef21-tuned";
    static final List<String> TARGETS = List.of("loss:90%", "loss:99%");

    static final String LOSSY = "top-k:0.1+natural";
    static final String LOSSY_SUFFIX = "-lossy";

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;

    private final List<Reproduction.Part> parts;
    private final List<Summary> summaries;

    LeaderboardTables(List<Reproduction.Part> parts, List<Summary> summaries) {
        this.parts = parts;
        this.summaries = summaries;
    }

    String text() {
        List<String> arms = names(summaries.get(0));
        List<Summary> complete =
                summaries.stream().filter(each -> names(each).containsAll(arms)).toList();
        StringBuilder text = new StringBuilder(overall(complete, arms));
        if (complete.size() < summaries.size()) {
            text.append(withImages(arms));
        }
        text.append(lossyDownlink(arms));
        for (int i = 0; i < summaries.size(); i++) {
            text.append(problem(parts.get(i), summaries.get(i)));
        }
        return text.toString();
    }

    private static List<String> names(Summary summary) {
        return summary.arms().stream().map(ArmSummary::name).toList();
    }

    private static String overall(List<Summary> problems, List<String> arms) {
        return String.format(Locale.ROOT, """

                ## All problems: ratios to tuned EF21

                Rounds and bytes to 90%% and 99%% of the loss that `gd` with its best step size gains in the problem's rounds, divided by those of
                EF21 with its best step size and the same compressor. Bytes are those that all devices send and fetch. A target that was not reached
                counts as all rounds of the trial, for tuned EF21 too. *Tuned* arms have the best of the step sizes of `gamma=tuned`; the others have no
                setting. The searches are not counted. *Lossy* arms have the [lossy downlink](algorithms.md#downlink) `%s`.

                """, LOSSY) + ratios(problems, arms);
    }

    /** The arms that the problems on images have too: those cost too much time for all arms. */
    private String withImages(List<String> arms) {
        List<String> common = arms.stream()
                .filter(arm -> summaries.stream()
                        .allMatch(summary -> TargetRatios.find(summary, arm).isPresent()))
                .toList();
        return """

                ## With images: ratios to tuned EF21

                The same for the arms that were also run on images, over all problems.

                """ + ratios(summaries, common);
    }

    private static String ratios(List<Summary> problems, List<String> arms) {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """
                | arm | rounds, geometric mean | bytes, geometric mean | rounds, worst | reached, of %d |
                |---|---|---|---|---|
                """, problems.size() * TARGETS.size()));
        arms.stream()
                .map(arm -> TargetRatios.of(problems, arm, YARDSTICK))
                .sorted(Comparator.comparingDouble(TargetRatios::meanRounds))
                .forEach(ratios -> table.append(String.format(
                        Locale.ROOT,
                        "| `%s` | %.2f | %.2f | %.2f | %d |%n",
                        ratios.arm(),
                        ratios.meanRounds(),
                        ratios.meanBytes(),
                        ratios.worstRounds(),
                        ratios.reached())));
        return table.toString();
    }

    private String lossyDownlink(List<String> arms) {
        List<String> lossy =
                arms.stream().filter(arm -> arm.endsWith(LOSSY_SUFFIX)).toList();
        if (lossy.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder("""

                ## Lossy downlink: ratios to the lossless one

                Rounds and bytes of each arm with the lossy downlink, divided by those of the same arm with the lossless one. Tuned arms have a
                search of their own.

                | arm | targets | rounds, geometric mean | rounds, worst | bytes, geometric mean | bytes, worst | fewer bytes | reached, lossless |
                |---|---|---|---|---|---|---|---|
                """);
        for (String arm : lossy) {
            table.append(lossyRow(arm));
        }
        return table.toString();
    }

    private String lossyRow(String arm) {
        String lossless = arm.substring(0, arm.length() - LOSSY_SUFFIX.length());
        List<Summary> both = summaries.stream()
                .filter(summary -> names(summary).containsAll(List.of(arm, lossless)))
                .toList();
        TargetRatios ratios = TargetRatios.of(both, arm, lossless);
        return String.format(
                Locale.ROOT,
                "| `%s` | %d | %.2f | %.2f | %.2f | %.2f | %d | %d, %d |%n",
                arm,
                ratios.rounds().size(),
                ratios.meanRounds(),
                ratios.worstRounds(),
                ratios.meanBytes(),
                ratios.worstBytes(),
                ratios.bytes().stream().filter(ratio -> ratio < 1).count(),
                ratios.reached(),
                TargetRatios.of(both, lossless, lossless).reached());
    }

    private static String problem(Reproduction.Part part, Summary summary) {
        Summary.Problem problem = summary.problem();
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                """

                ## %s

                %s; d = %d, %,d samples, %d clients, %s%s, %d rounds.

                | arm | step size | rounds to 90%% / 99%% | sent until then | fetched until then | final loss |
                |---|---|---|---|---|---|
                """,
                part.name(),
                problem.description(),
                problem.dimension(),
                problem.samples(),
                problem.clients(),
                TargetRatios.find(summary, YARDSTICK).orElseThrow().compressor(),
                circumstances(part),
                problem.rounds()));
        for (ArmSummary arm : summary.arms()) {
            table.append(row(arm));
        }
        return table.toString();
    }

    private static String circumstances(Reproduction.Part part) {
        int batch = part.experiment().gradient().batch();
        double participation = part.experiment().fleet().participation();
        return (batch == 0 ? ", full gradients" : ", batches of " + batch)
                + ", split " + part.experiment().fleet().split()
                + (participation < 1
                        ? String.format(Locale.ROOT, ", %.0f%% of the devices a round", 100 * participation)
                        : "");
    }

    private static String row(ArmSummary arm) {
        return "| `" + arm.name() + "` | "
                + (arm.search() == null ? "" : MarkdownTable.schedule(arm.gamma()))
                + " | " + both(arm, reach -> orNaN(reach.rounds().median()), LeaderboardTables::count)
                + " | " + both(arm, reach -> orNaN(reach.uplinkBytes().median()), LeaderboardTables::size)
                + " | " + both(arm, reach -> orNaN(reach.downlinkBytes().median()), LeaderboardTables::size)
                + " | " + MarkdownTable.number(arm.quality().loss().median()) + " |\n";
    }

    private static String both(ArmSummary arm, ToDoubleFunction<Reach> figure, DoubleFunction<String> shown) {
        return shown.apply(figure.applyAsDouble(arm.reaches().get(0))) + " / "
                + shown.apply(figure.applyAsDouble(arm.reaches().get(1)));
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static String count(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.0f", value);
    }

    private static String size(double bytes) {
        return Double.isNaN(bytes)
                ? "-"
                : bytes < MEGA
                        ? String.format(Locale.ROOT, "%.3g kB", bytes / KILO)
                        : String.format(Locale.ROOT, "%.3g MB", bytes / MEGA);
    }
}
