package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Derives the leader-board's two yardsticks from the runs of EF21 at each step size of a grid: the run that ended at
 * the smallest loss, and for each target the run that reached it first. The runs are arms with the yardstick's name, @
 * and a number.
 */
final class Yardsticks {

    private Yardsticks() {}

    /** Returns a summary with the two yardsticks in place of the runs. If a summary has one run of EF21, it is both. */
    static Summary of(Summary summary) {
        List<ArmSummary> steps =
                summary.arms().stream().filter(Yardsticks::isStep).toList();
        if (steps.isEmpty()) {
            return summary;
        }
        ArmSummary tuned = steps.stream()
                .min(Comparator.comparingDouble(Yardsticks::finalLoss))
                .orElseThrow();
        List<ArmSummary> arms = new ArrayList<>();
        for (ArmSummary arm : summary.arms()) {
            if (arm.equals(steps.get(0))) {
                arms.add(renamed(tuned, LeaderboardTables.YARDSTICK, tuned.reaches()));
                arms.add(renamed(tuned, LeaderboardTables.BEST, firstReaches(steps)));
            } else if (!isStep(arm)) {
                arms.add(arm);
            }
        }
        return new Summary(
                summary.version(),
                summary.complete(),
                summary.problem(),
                summary.baseline(),
                summary.targets(),
                summary.droppedTargets(),
                summary.thresholds(),
                arms,
                summary.comparisons(),
                summary.verdict(),
                summary.environment());
    }

    private static boolean isStep(ArmSummary arm) {
        return arm.name().equals(LeaderboardTables.YARDSTICK)
                || arm.name().startsWith(LeaderboardTables.YARDSTICK + "@");
    }

    private static double finalLoss(ArmSummary arm) {
        Double loss = arm.quality().loss().median();
        return loss == null ? Double.POSITIVE_INFINITY : loss;
    }

    private static List<Reach> firstReaches(List<ArmSummary> steps) {
        return IntStream.range(0, steps.get(0).reaches().size())
                .mapToObj(target -> steps.stream()
                        .map(arm -> arm.reaches().get(target))
                        .min(Comparator.comparingDouble(Yardsticks::rounds))
                        .orElseThrow())
                .toList();
    }

    private static double rounds(Reach reach) {
        Double rounds = reach.rounds().median();
        return rounds == null ? Double.POSITIVE_INFINITY : rounds;
    }

    private static ArmSummary renamed(ArmSummary arm, String name, List<Reach> reaches) {
        return new ArmSummary(
                name,
                arm.algorithm(),
                arm.feedback(),
                arm.step(),
                arm.gamma(),
                arm.eta(),
                arm.compressor(),
                arm.alpha(),
                arm.privacy(),
                arm.search(),
                reaches,
                arm.stability(),
                arm.lossPerMegabyte(),
                arm.quality(),
                arm.runs());
    }
}
