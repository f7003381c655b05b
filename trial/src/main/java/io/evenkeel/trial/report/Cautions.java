package io.evenkeel.trial.report;

import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a reader should not overlook: failures, targets never reached, and how little one seed says. */
public final class Cautions {

    private static final int SEEDS_FOR_AN_INTERVAL = 3;
    private static final int ROUNDS_TO_TIME = 100;
    private static final double UNEVEN = 1.5;

    private final TrialResults trial;
    private final Summary summary;
    private final List<String> sentences = new ArrayList<>();

    /** Looks at a trial. */
    public Cautions(TrialResults trial) {
        this.trial = trial;
        this.summary = trial.summary();
    }

    /** Returns the cautions, a few sentences each. */
    public List<String> sentences() {
        LiveRecord live = trial.live();
        if (live != null) {
            summary.arms().forEach(this::divergences);
            sentences.addAll(live.cautions());
            return sentences;
        }
        if (!summary.complete()) {
            sentences.add("The trial was stopped before its end: figures are of the rounds that were run. Go on with"
                    + " evenkeel pilot compare --resume " + trial.folder() + ".");
        }
        summary.arms().forEach(this::divergences);
        if (summary.complete()) {
            summary.arms().forEach(this::searches);
            unreached();
        }
        seeds(summary.problem().seeds().size());
        return sentences;
    }

    /** Returns the cautions of a page that shows seconds. */
    List<String> withSeconds() {
        List<String> all = new ArrayList<>(sentences());
        if (trial.live() == null) {
            seconds().ifPresent(all::add);
        }
        return all;
    }

    private void divergences(Summary.ArmSummary arm) {
        Map<String, List<String>> seeds = new LinkedHashMap<>();
        arm.runs().stream()
                .filter(run -> "diverged".equals(run.outcome()))
                .forEach(run -> seeds.computeIfAbsent(
                                "in round " + run.round() + ", as " + run.reason(), key -> new ArrayList<>())
                        .add(Long.toString(run.seed())));
        if (!seeds.isEmpty()) {
            int count = seeds.values().stream().mapToInt(List::size).sum();
            List<String> told = new ArrayList<>();
            seeds.forEach((how, which) ->
                    told.add(how + " (" + (which.size() == 1 ? "seed " : "seeds ") + String.join(", ", which) + ")"));
            sentences.add(arm.name() + " diverged in "
                    + TextFormat.count(count, arm.runs().size()) + " runs: "
                    + String.join("; ", told) + ". Its step size is "
                    + TextFormat.stepSize(arm.gamma()) + ".");
        }
    }

    /** Of targets that were asked for, all are told of; of shares of the gain, the hardest alone, as the headline has the rest. */
    private void unreached() {
        List<String> targets = summary.targets();
        for (int t = 0; t < targets.size(); t++) {
            boolean asked = !trial.experiment().targets().isEmpty();
            if (asked || t == targets.size() - 1) {
                unreached(t);
            }
        }
    }

    private void unreached(int target) {
        List<String> never = new ArrayList<>();
        for (Summary.ArmSummary arm : summary.arms()) {
            Summary.Reach reach = arm.reaches().get(target);
            if (reach.reached() < reach.seeds()) {
                never.add(
                        reach.reached() == 0
                                ? arm.name()
                                : arm.name() + " (reached in " + TextFormat.count(reach.reached(), reach.seeds())
                                        + " runs; the others count as never)");
            }
        }
        if (!never.isEmpty()) {
            sentences.add("Never reached " + TextFormat.target(summary.targets().get(target)) + " within "
                    + TextFormat.number((double) summary.problem().rounds()) + " rounds: " + String.join(", ", never)
                    + ".");
        }
    }

    /** A search that chose the smallest or the largest step of its grid may have missed the best. */
    private void searches(Summary.ArmSummary arm) {
        Summary.Search search = arm.search();
        if (search != null && search.atEnd()) {
            sentences.add(
                    "The best step size of " + arm.name() + ", " + TextFormat.stepSize(search.chosen())
                            + ", is at the end of the grid that was searched: a wider one may do better. Name it with gamma=best-of:A|B|C.");
        }
    }

    /** Methods cost about the same a round, so that a large difference is mostly the machine's. */
    private Optional<String> seconds() {
        double[] each = summary.arms().stream()
                .flatMap(arm -> arm.runs().stream())
                .filter(run -> run.round() >= ROUNDS_TO_TIME)
                .mapToDouble(run -> run.seconds() / run.round())
                .filter(seconds -> seconds > 0)
                .sorted()
                .toArray();
        return each.length > 1 && each[each.length - 1] > UNEVEN * each[0]
                ? Optional.of("Some runs had up to " + Numerals.shortest(each[each.length - 1] / each[0], 2)
                        + " times the seconds a round of others. Where other runs or programs keep the machine busy, that is"
                        + " the machine and not the method: compare seconds on an idle one, with --threads 1.")
                : Optional.empty();
    }

    private void seeds(int seeds) {
        if (!trial.experiment().isRandom()) {
            sentences.add((trial.experiment().fleetIsRandom()
                            ? "Nothing but the held-out samples is drawn at random here, so one seed says all there is to say of"
                                    + " the training, and nothing of other held-out samples"
                            : "Nothing is drawn at random here, so one seed says all there is to say of this data and split, and"
                                    + " nothing of others")
                    + ": there are no intervals.");
        } else if (seeds == 1) {
            sentences.add(
                    "One seed: there are no intervals and no tests, and any difference could be chance. Run it with"
                            + " --seeds 1,2,3,4,5.");
        } else if (seeds < SEEDS_FOR_AN_INTERVAL) {
            sentences.add(
                    "Two seeds are too few for intervals of medians; the paired test's interval is there, and wide.");
        }
    }
}
