package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leader-board's tables in Markdown: first every algorithm's ratios to tuned EF21 over all problems, then each problem's rounds
 * and bytes.
 */
final class LeaderboardTables {

    static final String YARDSTICK = "ef21-tuned";
    static final List<String> TARGETS = List.of("loss:90%", "loss:99%");

    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;

    private final List<Reproduction.Part> parts;
    private final List<Summary> summaries;

    LeaderboardTables(List<Reproduction.Part> parts, List<Summary> summaries) {
        this.parts = parts;
        this.summaries = summaries;
    }

    /** One algorithm over all problems: ratios to tuned EF21, one for each problem and target. */
    private record Standing(String arm, List<Double> rounds, List<Double> bytes, int reached) {

        double meanRounds() {
            return StrictMath.exp(
                    rounds.stream().mapToDouble(StrictMath::log).average().orElse(0));
        }

        double meanBytes() {
            return StrictMath.exp(
                    bytes.stream().mapToDouble(StrictMath::log).average().orElse(0));
        }

        double worst() {
            return rounds.stream().mapToDouble(ratio -> ratio).max().orElse(0);
        }
    }

    String text() {
        StringBuilder text = new StringBuilder(overall());
        for (int i = 0; i < summaries.size(); i++) {
            text.append(problem(parts.get(i), summaries.get(i)));
        }
        return text.toString();
    }

    private String overall() {
        int goals = summaries.size() * TARGETS.size();
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """

                ## All problems: ratios to tuned EF21

                Rounds and bytes to 90%% and 99%% of the loss that `gd` with its best step size gains in the problem's rounds, divided by those of
                EF21 with its best step size and the same compressor. Bytes are those that all devices send and fetch. A target that was not reached
                counts as all rounds of the trial, for tuned EF21 too. *Tuned* arms have the best of the step sizes of `gamma=tuned`; the others have no
                setting. The searches are not counted.

                | arm | rounds, geometric mean | bytes, geometric mean | rounds, worst | reached, of %d |
                |---|---|---|---|---|
                """, goals));
        standings().stream()
                .sorted(Comparator.comparingDouble(Standing::meanRounds))
                .forEach(standing -> table.append(String.format(
                        Locale.ROOT,
                        "| `%s` | %.2f | %.2f | %.2f | %d |%n",
                        standing.arm(),
                        standing.meanRounds(),
                        standing.meanBytes(),
                        standing.worst(),
                        standing.reached())));
        return table.toString();
    }

    private List<Standing> standings() {
        List<Standing> standings = new ArrayList<>();
        for (int a = 0; a < summaries.get(0).arms().size(); a++) {
            standings.add(standing(a));
        }
        return standings;
    }

    private Standing standing(int arm) {
        Standing standing =
                new Standing(summaries.get(0).arms().get(arm).name(), new ArrayList<>(), new ArrayList<>(), 0);
        int reached = 0;
        for (Summary summary : summaries) {
            ArmSummary mine = summary.arms().get(arm);
            ArmSummary tuned = yardstick(summary);
            for (int target = 0; target < TARGETS.size(); target++) {
                double rounds = summary.problem().rounds();
                standing.rounds().add(rounds(mine, target, rounds) / rounds(tuned, target, rounds));
                standing.bytes().add(bytes(mine, target) / bytes(tuned, target));
                reached += mine.reaches().get(target).rounds().median() == null ? 0 : 1;
            }
        }
        return new Standing(standing.arm(), standing.rounds(), standing.bytes(), reached);
    }

    private static ArmSummary yardstick(Summary summary) {
        return summary.arms().stream()
                .filter(arm -> arm.name().equals(YARDSTICK))
                .findFirst()
                .orElseThrow();
    }

    private static double rounds(ArmSummary arm, int target, double most) {
        Double rounds = arm.reaches().get(target).rounds().median();
        return rounds == null ? most : Math.max(1, rounds);
    }

    private static double bytes(ArmSummary arm, int target) {
        Double sent = bytes(arm.reaches().get(target));
        ArmSummary.Run run = arm.runs().get(0);
        return sent == null ? run.uplinkBytes() + run.downlinkBytes() : Math.max(1, sent);
    }

    private static @Nullable Double bytes(Reach reach) {
        Double sent = reach.uplinkBytes().median();
        Double fetched = reach.downlinkBytes().median();
        return sent == null || fetched == null ? null : Double.valueOf(sent + fetched);
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
                yardstick(summary).compressor(),
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
