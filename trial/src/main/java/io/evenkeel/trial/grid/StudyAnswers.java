package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.grid.Answer.Verdict;
import io.evenkeel.trial.grid.Contest.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Answers the questions of a study in sentences. */
final class StudyAnswers {

    private static final String OPEN = "unknown: the grid ends at the best step of the worse method";

    private final Map<Topic, GridResults> results = new EnumMap<>(Topic.class);

    /**
     * @param results the results by the folders of their topics
     */
    StudyAnswers(Map<String, GridResults> results) {
        for (Topic topic : Topic.values()) {
            GridResults found = results.get(topic.folder());
            if (found != null) {
                this.results.put(topic, found);
            }
        }
    }

    List<Answer> all() {
        List<Answer> answers = new ArrayList<>();
        answers.add(steps());
        for (Topic topic : List.of(Topic.COMPRESSION, Topic.LABEL_NOISE, Topic.HETEROGENEITY)) {
            GridResults along = results.get(topic);
            answers.add(along == null ? untested(topic) : along(topic, along));
        }
        answers.add(whereNot());
        return List.copyOf(answers);
    }

    private static Answer untested(Topic topic) {
        return new Answer(
                topic.question(),
                List.of(),
                List.of("Not tested: it needs classes that can be flipped or divided unevenly, but this data has none"
                        + " or determines the owner of each sample itself."));
    }

    private Answer steps() {
        GridResults grid = Objects.requireNonNull(results.get(Topic.STEP));
        Side best = StepRange.best(
                grid.arms().stream().flatMap(arm -> grid.steps(arm, 0).stream()).toList());
        double improvement = new Place("", List.of(best), List.of()).improvement();
        List<StepRange> plain = new ArrayList<>();
        List<StepRange> normalized = new ArrayList<>();
        List<String> figures = new ArrayList<>();
        for (ArmSettings arm : grid.experiment().arms()) {
            StepRange range = new StepRange(arm, grid.steps(arm.name(), 0), best, improvement);
            (StudyPlan.isPlain(arm) ? plain : normalized).add(range);
            figures.add(range.sentence());
        }
        StepRange yardstick = plain.stream()
                .max(Comparator.comparingDouble(range -> range.longest().orElse(0)))
                .orElseThrow();
        List<Verdict> verdicts =
                normalized.stream().map(range -> larger(range, yardstick)).toList();
        return new Answer(Topic.STEP.question(), verdicts, figures);
    }

    private static Verdict larger(StepRange range, StepRange yardstick) {
        String other = yardstick.name();
        return switch (range.against(yardstick)) {
            case BETTER ->
                new Verdict(
                        range.name(),
                        1,
                        yardstick.isEmpty()
                                ? "yes: it reaches a quality that no step size of the grid reaches with " + other
                                : "yes: its steps may be longer than those of " + other);
            case WORSE ->
                new Verdict(
                        range.name(),
                        -1,
                        range.isEmpty()
                                ? "no: no step size of the grid gets it where " + other + " gets"
                                : "no: its steps have to be shorter than those of " + other);
            case SAME ->
                new Verdict(
                        range.name(),
                        0,
                        range.isEmpty()
                                ? "no step size of the grid gets either as far as the best method"
                                : "no: the longest steps are about as long as those of " + other);
            case UNDECIDED, OPEN ->
                new Verdict(range.name(), 0, "unknown: the grid ends before the steps become too long");
        };
    }

    private static Answer along(Topic topic, GridResults results) {
        List<Place> places = results.places();
        String axis = results.plan().axes().get(1).name();
        List<Verdict> verdicts = new ArrayList<>();
        List<String> figures = new ArrayList<>();
        for (String arm : results.arms(false)) {
            List<Contest> contests =
                    places.stream().map(place -> place.contest(arm)).toList();
            Contest hard = contests.get(0);
            Trend trend = new Trend(hard, contests.get(contests.size() - 1));
            verdicts.add(
                    switch (topic) {
                        case COMPRESSION -> compression(arm, hard, trend);
                        case LABEL_NOISE -> noise(arm, hard, trend);
                        default -> smoothing(arm, hard, trend);
                    });
            for (Contest contest : contests) {
                figures.add(arm + " at " + axis + " " + contest.where() + " "
                        + contest.result().text() + ": " + contest.figures() + " of "
                        + contest.theirs().arm() + ".");
            }
        }
        return new Answer(topic.question(), verdicts, figures);
    }

    private static Verdict compression(String arm, Contest hard, Trend trend) {
        String there = "; with " + hard.where() + " it " + hard.result().text();
        return switch (trend.result()) {
            case BETTER -> new Verdict(arm, 1, "yes: it gains more, the more is compressed" + there);
            case WORSE -> new Verdict(arm, -1, "no: it gains less, the more is compressed" + there);
            case SAME -> new Verdict(arm, 0, "no: the gain does not depend on the compression" + there);
            case UNDECIDED -> new Verdict(arm, 0, "unknown: the seeds disagree" + there);
            case OPEN -> new Verdict(arm, 0, OPEN + there);
        };
    }

    private static Verdict noise(String arm, Contest hard, Trend trend) {
        String more = switch (trend.result()) {
            case BETTER -> ", more than without noise";
            case WORSE -> ", less than without noise";
            case SAME -> ", as without noise";
            case UNDECIDED, OPEN -> "; whether noise changes this is unknown";
        };
        return switch (hard.result()) {
            case BETTER ->
                new Verdict(arm, 1, "yes: it helps with a share of " + hard.where() + " of wrong labels" + more);
            case WORSE ->
                new Verdict(
                        arm,
                        -1,
                        "no: it hurts with a share of " + hard.where() + " of wrong labels"
                                + (trend.result() == Result.WORSE
                                        ? ", more than without noise"
                                        : trend.result() == Result.BETTER ? ", less than without noise" : more));
            case SAME -> new Verdict(arm, 0, "no difference with a share of " + hard.where() + " of wrong labels");
            case UNDECIDED -> new Verdict(arm, 0, "unknown: the seeds disagree");
            case OPEN -> new Verdict(arm, 0, OPEN);
        };
    }

    private static Verdict smoothing(String arm, Contest hard, Trend trend) {
        return switch (hard.quality()) {
            case BETTER -> new Verdict(arm, 1, "no: with the most different clients it ends better than plain steps");
            case SAME -> new Verdict(arm, 0, "no: with the most different clients it ends as well as plain steps");
            case WORSE ->
                trend.quality() == Result.WORSE
                        ? new Verdict(
                                arm, -1, "yes: it ends worse than plain steps, and the more so the more clients differ")
                        : new Verdict(
                                arm,
                                -1,
                                "it ends worse than plain steps, but not because clients differ: with similar"
                                        + " clients it does, too");
            case UNDECIDED -> new Verdict(arm, 0, "unknown: the seeds disagree");
            case OPEN -> new Verdict(arm, 0, OPEN);
        };
    }

    private Answer whereNot() {
        List<Verdict> verdicts = new ArrayList<>();
        for (String arm : Objects.requireNonNull(results.get(Topic.STEP)).arms(false)) {
            Map<Result, List<String>> where = new EnumMap<>(Result.class);
            contests(arm)
                    .forEach((place, result) -> where.computeIfAbsent(result, r -> new ArrayList<>())
                            .add(place));
            List<String> hurts = where.getOrDefault(Result.WORSE, List.of());
            List<String> nothing = Stream.of(Result.SAME, Result.UNDECIDED, Result.OPEN)
                    .flatMap(result -> where.getOrDefault(result, List.of()).stream())
                    .toList();
            List<String> helps = where.getOrDefault(Result.BETTER, List.of());
            String text = listed("it hurts at ", hurts)
                    + listed("makes no certain difference at ", nothing)
                    + listed("helps at ", helps);
            verdicts.add(new Verdict(
                    arm,
                    hurts.isEmpty() && nothing.isEmpty() ? 1 : helps.isEmpty() ? -1 : 0,
                    text.replaceAll("; $", "")));
        }
        return new Answer(Topic.WHERE_NOT, verdicts, List.of());
    }

    private static String listed(String what, List<String> places) {
        return places.isEmpty() ? "" : what + String.join(", ", places) + "; ";
    }

    private Map<String, Result> contests(String arm) {
        Map<String, Result> all = new LinkedHashMap<>();
        results.forEach((topic, grid) -> {
            if (topic != Topic.STEP) {
                String axis = grid.plan().axes().get(1).name();
                grid.places()
                        .forEach(place -> all.put(
                                axis + " " + place.value(), place.contest(arm).result()));
            }
        });
        return all;
    }
}
