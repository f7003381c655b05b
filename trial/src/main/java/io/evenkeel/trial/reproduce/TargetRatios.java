package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ArmSummary.Reach;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rounds and bytes of an arm to each target of each problem, divided by those of another arm. An unreached target
 * counts as all rounds and bytes of the run, for the other arm too.
 *
 * @param arm the arm's name
 * @param rounds one ratio for each problem and target
 * @param bytes one ratio for each, of the bytes that all devices send and download
 * @param reached the number of targets that the arm reached
 */
record TargetRatios(String arm, List<Double> rounds, List<Double> bytes, int reached) {

    /** Computes the ratios over problems that have both arms. */
    static TargetRatios of(List<Summary> summaries, String arm, String yardstick) {
        List<Double> rounds = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        int reached = 0;
        for (Summary summary : summaries) {
            ArmSummary mine = summary.arm(arm).orElseThrow();
            ArmSummary other = summary.arm(yardstick).orElseThrow();
            int all = summary.problem().rounds();
            for (int target = 0; target < mine.reaches().size(); target++) {
                rounds.add(rounds(mine, target, all) / rounds(other, target, all));
                bytes.add(bytes(mine, target) / bytes(other, target));
                reached += mine.reaches().get(target).rounds().median() == null ? 0 : 1;
            }
        }
        return new TargetRatios(arm, List.copyOf(rounds), List.copyOf(bytes), reached);
    }

    /**
     * Returns an arm's rounds to a target, the median over seeds; infinite if it did not reach the target, or there is
     * no such arm.
     */
    static double rounds(Summary summary, String arm, int target) {
        return summary.arm(arm)
                .map(found -> found.reaches().get(target).rounds().median())
                .orElse(Double.POSITIVE_INFINITY);
    }

    double meanRounds() {
        return geometricMean(rounds);
    }

    double meanBytes() {
        return geometricMean(bytes);
    }

    double worstRounds() {
        return largest(rounds);
    }

    double worstBytes() {
        return largest(bytes);
    }

    private static double geometricMean(List<Double> ratios) {
        return StrictMath.exp(
                ratios.stream().mapToDouble(StrictMath::log).average().orElse(0));
    }

    private static double largest(List<Double> ratios) {
        return ratios.stream().mapToDouble(ratio -> ratio).max().orElse(0);
    }

    private static double rounds(ArmSummary arm, int target, double all) {
        Double rounds = arm.reaches().get(target).rounds().median();
        return rounds == null ? all : Math.max(1, rounds);
    }

    private static double bytes(ArmSummary arm, int target) {
        Double moved = bytes(arm.reaches().get(target));
        ArmSummary.Run run = arm.runs().get(0);
        return moved == null ? run.uplinkBytes() + run.downlinkBytes() : Math.max(1, moved);
    }

    private static @Nullable Double bytes(Reach reach) {
        Double sent = reach.uplinkBytes().median();
        Double fetched = reach.downlinkBytes().median();
        return sent == null || fetched == null ? null : Double.valueOf(sent + fetched);
    }
}
