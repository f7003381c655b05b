package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.TextFormat;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The leader-board's tables in Markdown: first every algorithm's ratios to EF21 over all problems and by kind of
 * problem, then the costs and savings of a lossy downlink, then each problem's rounds and bytes. EF21 is shown with the
 * step size that ended at the smallest loss, and for each target with the step size that reached it first.
 */
final class LeaderboardTables {

    /** EF21 with the step size that ended at the smallest loss. */
    static final String YARDSTICK = "ef21-tuned";

    /** EF21 with the step size that reached each target first. */
    static final String BEST = "ef21-best";

    private static final String DRAWN = "drawn";
    private static final String LOSSY_SUFFIX = "-lossy";
    private static final int TARGETS = 2;
    private static final MathContext BYTES = new MathContext(3);

    private final Map<String, String> texts;
    private final List<Reproduction.Part> parts;
    private final List<Summary> summaries;

    LeaderboardTables(Map<String, String> texts, List<Reproduction.Part> parts, List<Summary> summaries) {
        this.texts = texts;
        this.parts = parts;
        this.summaries = summaries.stream().map(Yardsticks::of).toList();
    }

    String text() {
        List<String> arms = names(summaries.get(0));
        List<String> common = arms.stream()
                .filter(arm ->
                        summaries.stream().allMatch(summary -> names(summary).contains(arm)))
                .toList();
        List<Summary> complete =
                summaries.stream().filter(each -> names(each).containsAll(arms)).toList();
        StringBuilder text = new StringBuilder(section("all", ratios(complete, arms)));
        if (complete.size() < summaries.size()) {
            // Running all arms on images would take too long.
            text.append(section("images", ratios(summaries, common)));
        }
        text.append(section("kinds", byKind(common)));
        List<String> lossy =
                arms.stream().filter(arm -> arm.endsWith(LOSSY_SUFFIX)).toList();
        if (!lossy.isEmpty()) {
            text.append(section("lossy", lossyDownlink(lossy)));
        }
        MarkdownTable problems = new MarkdownTable("problem", List.of("what it is"));
        for (int i = 0; i < summaries.size(); i++) {
            problems.row(parts.get(i).name(), List.of(problem(parts.get(i).experiment(), summaries.get(i))));
        }
        return text.append("\n## The problems\n\n").append(problems).toString();
    }

    /**
     * Returns a row for each problem and arm: rounds, bytes and the final loss. The cell of an unreached target is
     * empty.
     */
    String figures() {
        StringBuilder csv = new StringBuilder("problem,arm,step size,rounds to 90%,rounds to 99%,bytes sent to 90%,"
                + "bytes sent to 99%,bytes fetched to 90%,bytes fetched to 99%,final loss\n");
        for (int i = 0; i < summaries.size(); i++) {
            String name = parts.get(i).name();
            summaries.get(i).arms().forEach(arm -> csv.append(row(name, arm)));
        }
        return csv.toString();
    }

    private String section(String name, MarkdownTable table) {
        return "\n" + texts.get(name) + "\n" + table;
    }

    private static List<String> names(Summary summary) {
        return summary.arms().stream().map(ArmSummary::name).toList();
    }

    private static String code(String name) {
        return '`' + name + '`';
    }

    private static List<String> twoPlaces(double... values) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> String.format(Locale.ROOT, "%.2f", values[i]))
                .toList();
    }

    private static MarkdownTable ratios(List<Summary> problems, List<String> arms) {
        MarkdownTable table = new MarkdownTable(
                "arm",
                List.of(
                        "rounds over `ef21-tuned`, geometric mean",
                        "worst",
                        "rounds over `ef21-best`, geometric mean",
                        "worst",
                        "bytes over `ef21-tuned`, geometric mean",
                        "reached, of " + TARGETS * problems.size()));
        arms.stream()
                .map(arm -> TargetRatios.of(problems, arm, YARDSTICK))
                .sorted(Comparator.comparingDouble(TargetRatios::meanRounds))
                .forEach(tuned -> {
                    TargetRatios best = TargetRatios.of(problems, tuned.arm(), BEST);
                    List<String> cells = twoPlaces(
                            tuned.meanRounds(),
                            tuned.worstRounds(),
                            best.meanRounds(),
                            best.worstRounds(),
                            tuned.meanBytes());
                    table.row(code(tuned.arm()), with(cells, Integer.toString(tuned.reached())));
                });
        return table;
    }

    private static List<String> with(List<String> cells, String... more) {
        return Stream.concat(cells.stream(), Stream.of(more)).toList();
    }

    private static Map<String, Predicate<Reproduction.Part>> kinds() {
        Predicate<Reproduction.Part> batches =
                part -> part.experiment().gradient().batch() > 0;
        Predicate<Reproduction.Part> regularized =
                part -> !"none".equals(part.experiment().loss().regularizer());
        Predicate<Reproduction.Part> unequal =
                part -> "dirichlet".equals(part.experiment().fleet().split());
        Map<String, Predicate<Reproduction.Part>> kinds = new LinkedHashMap<>();
        kinds.put("full gradients", batches.negate());
        kinds.put("batches", batches);
        kinds.put("equal sample counts", unequal.negate());
        kinds.put("unequal sample counts", unequal);
        kinds.put("not regularized", regularized.negate());
        kinds.put("regularized", regularized);
        kinds.put("drawn for this version", part -> part.name().startsWith(DRAWN));
        return kinds;
    }

    private MarkdownTable byKind(List<String> arms) {
        MarkdownTable table = new MarkdownTable(
                "problems",
                Stream.concat(Stream.of("number"), arms.stream().map(LeaderboardTables::code))
                        .toList());
        kinds().forEach((kind, isOf) -> {
            List<Summary> problems = IntStream.range(0, summaries.size())
                    .filter(i -> isOf.test(parts.get(i)))
                    .mapToObj(summaries::get)
                    .toList();
            if (!problems.isEmpty()) {
                Stream<String> cells = arms.stream()
                        .map(arm -> String.join(
                                " / ",
                                twoPlaces(
                                        TargetRatios.of(problems, arm, YARDSTICK)
                                                .meanRounds(),
                                        TargetRatios.of(problems, arm, BEST).meanRounds())));
                table.row(
                        kind,
                        Stream.concat(Stream.of(Integer.toString(problems.size())), cells)
                                .toList());
            }
        });
        return table;
    }

    private MarkdownTable lossyDownlink(List<String> arms) {
        MarkdownTable table = new MarkdownTable(
                "arm",
                List.of(
                        "targets",
                        "rounds, geometric mean",
                        "rounds, worst",
                        "bytes, geometric mean",
                        "bytes, worst",
                        "fewer bytes",
                        "reached, lossless"));
        for (String arm : arms) {
            String lossless = arm.substring(0, arm.length() - LOSSY_SUFFIX.length());
            List<Summary> both = summaries.stream()
                    .filter(summary -> names(summary).containsAll(List.of(arm, lossless)))
                    .toList();
            TargetRatios ratios = TargetRatios.of(both, arm, lossless);
            List<String> cells = with(
                    List.of(Integer.toString(ratios.rounds().size())),
                    twoPlaces(ratios.meanRounds(), ratios.worstRounds(), ratios.meanBytes(), ratios.worstBytes())
                            .toArray(String[]::new));
            long fewer = ratios.bytes().stream().filter(ratio -> ratio < 1).count();
            int reached = TargetRatios.of(both, lossless, lossless).reached();
            table.row(code(arm), with(cells, Long.toString(fewer), ratios.reached() + ", " + reached));
        }
        return table;
    }

    private static String problem(Experiment experiment, Summary summary) {
        Summary.Problem problem = summary.problem();
        return String.format(
                Locale.ROOT,
                "%s; d = %d, %,d samples, %d clients, %s%s, %d rounds",
                problem.description(),
                problem.dimension(),
                problem.samples(),
                problem.clients(),
                summary.arm(YARDSTICK).orElseThrow().compressor(),
                circumstances(experiment),
                problem.rounds());
    }

    private static String circumstances(Experiment experiment) {
        int batch = experiment.gradient().batch();
        double participation = experiment.fleet().participation();
        String regularizer = experiment.loss().regularizer();
        return (batch == 0 ? ", full gradients" : ", batches of " + batch)
                + ", split " + experiment.fleet().split()
                + ("samples".equals(experiment.fleet().weights()) ? ", weighted by samples" : "")
                + ("none".equals(regularizer)
                        ? ""
                        : ", " + regularizer + " " + experiment.loss().lambda())
                + (participation < 1
                        ? String.format(Locale.ROOT, ", %.0f%% of the devices a round", 100 * participation)
                        : "");
    }

    private static String row(String problem, ArmSummary arm) {
        boolean searched = arm.search() != null || YARDSTICK.equals(arm.name());
        return String.join(
                        ",",
                        problem,
                        arm.name(),
                        searched ? TextFormat.stepSize(arm.gamma()) : "",
                        both(arm, Reach::rounds, MathContext.DECIMAL32),
                        both(arm, Reach::uplinkBytes, BYTES),
                        both(arm, Reach::downlinkBytes, BYTES),
                        BEST.equals(arm.name())
                                ? ""
                                : MarkdownTable.number(arm.quality().loss().median()))
                + "\n";
    }

    private static String both(ArmSummary arm, Function<Reach, ArmSummary.Spread> figure, MathContext precision) {
        return arm.reaches().stream()
                .map(reach -> {
                    Double median = figure.apply(reach).median();
                    return median == null
                            ? ""
                            : BigDecimal.valueOf(median)
                                    .round(precision)
                                    .setScale(0, RoundingMode.HALF_UP)
                                    .toPlainString();
                })
                .collect(Collectors.joining(","));
    }
}
