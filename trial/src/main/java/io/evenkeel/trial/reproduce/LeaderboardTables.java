package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The leader-board's tables in Markdown: first every algorithm's ratios to EF21 over all problems and by kind of problem, then what a
 * lossy downlink costs and saves, then each problem's rounds and bytes. EF21 is shown with the step size that ended at the least loss,
 * and for each target with the step size that reached it first.
 */
final class LeaderboardTables {

    /** EF21 with the step size that ended at the least loss. */
    static final String YARDSTICK = "ef21-tuned";

    /** EF21 with the step size that reached each target first. */
    static final String BEST = "ef21-best";

    /** The name of the problem that is drawn for each version. */
    static final String DRAWN = "drawn";

    static final List<String> TARGETS = List.of("loss:90%", "loss:99%");

    static final String LOSSY = "top-k:0.1+natural";
    static final String LOSSY_SUFFIX = "-lossy";

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;

    private final List<Reproduction.Part> parts;
    private final List<Summary> summaries;

    LeaderboardTables(List<Reproduction.Part> parts, List<Summary> summaries) {
        this.parts = parts;
        this.summaries = summaries.stream().map(Yardsticks::of).toList();
    }

    String text() {
        List<String> arms = names(summaries.get(0));
        List<Summary> complete =
                summaries.stream().filter(each -> names(each).containsAll(arms)).toList();
        StringBuilder text = new StringBuilder(overall(complete, arms));
        if (complete.size() < summaries.size()) {
            text.append(withImages(arms));
        }
        text.append(byKind(arms));
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

                ## All problems: ratios to EF21

                Rounds and bytes to 90%% and 99%% of the loss that `gd` with its best step size gains in the problem's rounds, divided by those of
                EF21 with the same compressor: with the step size that ends at the least loss (`%s`), or for each target with the step size that
                reaches it first (`%s`), which nobody knows beforehand. Bytes are those that all devices send and fetch. A target that was not reached
                counts as all rounds of the trial, for EF21 too. *Tuned* arms have the best of the step sizes of `gamma=tuned`, by the final loss; the
                others have no setting. The searches are not counted. *Lossy* arms have the [lossy downlink](algorithms.md#downlink) `%s`.

                """, YARDSTICK, BEST, LOSSY) + ratios(problems, arms);
    }

    /** The arms that the problems on images have too: those cost too much time for all arms. */
    private String withImages(List<String> arms) {
        return """

                ## With images: ratios to EF21

                The same for the arms that were also run on images, over all problems.

                """ + ratios(summaries, common(arms));
    }

    private List<String> common(List<String> arms) {
        return arms.stream()
                .filter(arm -> summaries.stream()
                        .allMatch(summary -> TargetRatios.find(summary, arm).isPresent()))
                .toList();
    }

    private static String ratios(List<Summary> problems, List<String> arms) {
        StringBuilder table = new StringBuilder(
                String.format(Locale.ROOT, """
                | arm | rounds over `%s`, geometric mean | worst | rounds over `%s`, geometric mean | worst | bytes over `%s`, geometric mean | reached, of %d |
                |---|---|---|---|---|---|---|
                """, YARDSTICK, BEST, YARDSTICK, problems.size() * TARGETS.size()));
        arms.stream()
                .map(arm -> TargetRatios.of(problems, arm, YARDSTICK))
                .sorted(Comparator.comparingDouble(TargetRatios::meanRounds))
                .forEach(ratios -> {
                    TargetRatios best = TargetRatios.of(problems, ratios.arm(), BEST);
                    table.append(String.format(
                            Locale.ROOT,
                            "| `%s` | %.2f | %.2f | %.2f | %.2f | %.2f | %d |%n",
                            ratios.arm(),
                            ratios.meanRounds(),
                            ratios.worstRounds(),
                            best.meanRounds(),
                            best.worstRounds(),
                            ratios.meanBytes(),
                            ratios.reached()));
                });
        return table.toString();
    }

    /** Which problems are of a kind. */
    private static Map<String, Predicate<Reproduction.Part>> kinds() {
        Map<String, Predicate<Reproduction.Part>> kinds = new LinkedHashMap<>();
        Predicate<Reproduction.Part> batches =
                part -> part.experiment().gradient().batch() > 0;
        Predicate<Reproduction.Part> regularized =
                part -> !"none".equals(part.experiment().loss().regularizer());
        Predicate<Reproduction.Part> unequal =
                part -> "dirichlet".equals(part.experiment().fleet().split());
        kinds.put("full gradients", batches.negate());
        kinds.put("batches", batches);
        kinds.put("equal sample counts", unequal.negate());
        kinds.put("unequal sample counts", unequal);
        kinds.put("not regularized", regularized.negate());
        kinds.put("regularized", regularized);
        kinds.put("drawn for this version", part -> part.name().startsWith(DRAWN));
        return kinds;
    }

    private String byKind(List<String> arms) {
        List<String> common = common(arms);
        StringBuilder head = new StringBuilder("| problems | number |");
        StringBuilder line = new StringBuilder("|---|---|");
        common.forEach(arm -> {
            head.append(" `").append(arm).append("` |");
            line.append("---|");
        });
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """

                ## By kind of problem

                Rounds over those of `%s` / `%s`, geometric means, of the arms that all problems have. The problems `%s` are generated data whose size,
                heterogeneity, noise and number of clients are drawn from the version's name: no constant was chosen on them.

                """, YARDSTICK, BEST, DRAWN))
                .append(head)
                .append('\n')
                .append(line)
                .append('\n');
        kinds().forEach((kind, isOf) -> {
            List<Summary> problems = IntStream.range(0, summaries.size())
                    .filter(i -> isOf.test(parts.get(i)))
                    .mapToObj(summaries::get)
                    .toList();
            if (!problems.isEmpty()) {
                table.append("| ")
                        .append(kind)
                        .append(" | ")
                        .append(problems.size())
                        .append(" |");
                common.forEach(arm -> table.append(String.format(
                        Locale.ROOT,
                        " %.2f / %.2f |",
                        TargetRatios.of(problems, arm, YARDSTICK).meanRounds(),
                        TargetRatios.of(problems, arm, BEST).meanRounds())));
                table.append('\n');
            }
        });
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
        String regularizer = part.experiment().loss().regularizer();
        return (batch == 0 ? ", full gradients" : ", batches of " + batch)
                + ", split " + part.experiment().fleet().split()
                + ("samples".equals(part.experiment().fleet().weights()) ? ", weighted by samples" : "")
                + ("none".equals(regularizer)
                        ? ""
                        : ", " + regularizer + " " + part.experiment().loss().lambda())
                + (participation < 1
                        ? String.format(Locale.ROOT, ", %.0f%% of the devices a round", 100 * participation)
                        : "");
    }

    private static String row(ArmSummary arm) {
        return "| `" + arm.name() + "` | "
                + (arm.search() == null && !YARDSTICK.equals(arm.name()) ? "" : MarkdownTable.schedule(arm.gamma()))
                + " | " + both(arm, reach -> orNaN(reach.rounds().median()), LeaderboardTables::count)
                + " | " + both(arm, reach -> orNaN(reach.uplinkBytes().median()), LeaderboardTables::size)
                + " | " + both(arm, reach -> orNaN(reach.downlinkBytes().median()), LeaderboardTables::size)
                + " | "
                + (BEST.equals(arm.name())
                        ? ""
                        : MarkdownTable.number(arm.quality().loss().median())) + " |\n";
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
