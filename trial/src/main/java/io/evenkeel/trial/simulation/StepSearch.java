package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary.Candidate;
import io.evenkeel.trial.result.ArmSummary.Search;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses step sizes: for an arm whose gamma is best-of, the one with which the run with the first seed ended at the
 * smallest training loss; ties go to the smaller step size. A step size whose loss has exceeded twice the first one is
 * not chosen, unless all have: no operator would let it continue. Held-out samples are ignored.
 */
final class StepSearch {

    private final Experiment experiment;
    private final Map<String, ArmRun> runs = new HashMap<>();

    StepSearch(Experiment experiment) {
        this.experiment = experiment;
    }

    /** Returns the trial of all candidates, or null if no arm has any. */
    @Nullable
    Experiment candidates() {
        List<ArmSettings> all = new ArrayList<>();
        experiment.arms().forEach(arm -> all.addAll(arm.candidates()));
        return all.isEmpty()
                ? null
                : experiment
                        .withSeeds(experiment.seeds().subList(0, 1))
                        .withArms(all, all.get(0).name());
    }

    void ran(List<ArmRun> candidates) {
        candidates.forEach(run -> runs.put(run.arm(), run));
    }

    Experiment chosen() {
        List<ArmSettings> arms = experiment.arms().stream()
                .map(arm -> arm.candidates().isEmpty()
                        ? arm
                        : arm.withGamma(String.valueOf(best(arm.candidates()).gamma())))
                .toList();
        return experiment.withArms(arms, experiment.baseline());
    }

    /** Returns the runs of the chosen candidates, which are the arms' runs with the first seed. */
    List<ArmRun> chosenRuns() {
        List<ArmRun> chosen = new ArrayList<>();
        for (ArmSettings arm : experiment.arms()) {
            if (!arm.candidates().isEmpty()) {
                ArmRun run = run(best(arm.candidates()));
                chosen.add(new ArmRun(arm.name(), run.seed(), run.outcome(), run.points()));
            }
        }
        return chosen;
    }

    /** Returns the candidates and the costs of the searches, by arm. */
    Map<String, Search> searches() {
        Map<String, Search> searches = new HashMap<>();
        for (ArmSettings arm : experiment.arms()) {
            if (!arm.candidates().isEmpty()) {
                searches.put(arm.name(), search(arm.candidates()));
            }
        }
        return searches;
    }

    private Search search(List<ArmSettings> candidates) {
        ArmSettings best = best(candidates);
        List<Candidate> tried = candidates.stream().map(this::candidate).toList();
        int place = candidates.indexOf(best);
        Candidate chosen = tried.get(place);
        return new Search(
                chosen.gamma(),
                place == 0 || place == tried.size() - 1,
                tried,
                tried.stream().mapToLong(Candidate::rounds).sum() - chosen.rounds(),
                tried.stream().mapToLong(Candidate::uplinkBytes).sum() - chosen.uplinkBytes(),
                tried.stream().mapToLong(Candidate::downlinkBytes).sum() - chosen.downlinkBytes());
    }

    private Candidate candidate(ArmSettings candidate) {
        ArmRun run = run(candidate);
        double loss = loss(candidate);
        List<TrajectoryPoint> points = run.points();
        TrajectoryPoint last = points.isEmpty() ? null : points.get(points.size() - 1);
        return new Candidate(
                String.valueOf(candidate.gamma()),
                run.outcome().kind().text(),
                Double.isFinite(loss) ? loss : null,
                run.outcome().round(),
                last == null ? 0 : last.uplinkBytes(),
                last == null ? 0 : last.downlinkBytes());
    }

    private ArmSettings best(List<ArmSettings> candidates) {
        ArmSettings best = candidates.get(0);
        for (ArmSettings candidate : candidates) {
            boolean isTamer = isWild(best) && !isWild(candidate);
            boolean isAsTame = isWild(best) == isWild(candidate);
            best = isTamer || (isAsTame && loss(candidate) < loss(best)) ? candidate : best;
        }
        return best;
    }

    /** Returns whether the loss has exceeded twice the first one, or the run did not complete. */
    private boolean isWild(ArmSettings candidate) {
        List<TrajectoryPoint> points = run(candidate).points();
        return !Double.isFinite(loss(candidate))
                || points.stream()
                        .anyMatch(point -> exceeds(point.loss(), points.get(0).loss()));
    }

    /**
     * Returns whether a loss exceeds the first one by more than the first one's magnitude: for a positive first loss,
     * whether it is more than twice as large.
     */
    private static boolean exceeds(double loss, double first) {
        return !(loss - first <= Math.abs(first));
    }

    /** The final training loss; infinite unless the run completed. */
    private double loss(ArmSettings candidate) {
        ArmRun run = run(candidate);
        List<TrajectoryPoint> points = run.points();
        return run.outcome().kind() == Outcome.Kind.FINISHED
                ? points.get(points.size() - 1).loss()
                : Double.POSITIVE_INFINITY;
    }

    private ArmRun run(ArmSettings candidate) {
        ArmRun run = runs.get(candidate.name());
        if (run == null) {
            throw new IllegalStateException("candidate " + candidate.name() + " was not run");
        }
        return run;
    }
}
