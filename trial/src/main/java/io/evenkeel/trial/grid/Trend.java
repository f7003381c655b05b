package io.evenkeel.trial.grid;

import java.util.stream.IntStream;

/**
 * Compares a normalized method's gain at the hard end of an axis with that at the easy end.
 *
 * @param hard the contest at the hard end
 * @param easy the contest at the easy end
 */
record Trend(Contest hard, Contest easy) {

    Contest.Result quality() {
        boolean metric = hard.hasMetric() && easy.hasMetric();
        double[] atHard = metric ? hard.qualityGains() : shares(hard);
        double[] atEasy = metric ? easy.qualityGains() : shares(easy);
        return settled(Contest.judge(differences(atHard, atEasy), metric ? Thresholds.POINTS : Thresholds.LOSS_SHARE));
    }

    /** The trend along an axis is unknown if a method's best step is unknown. */
    private Contest.Result settled(Contest.Result result) {
        boolean open = hard.result() == Contest.Result.OPEN || easy.result() == Contest.Result.OPEN;
        return open && result != Contest.Result.SAME ? Contest.Result.OPEN : result;
    }

    /** Returns the change of the gain: in quality, or in rounds if quality does not change. */
    Contest.Result result() {
        Contest.Result quality = quality();
        double[] speed = differences(Contest.logarithms(hard.speedGains()), Contest.logarithms(easy.speedGains()));
        return quality == Contest.Result.SAME
                ? settled(Contest.judge(speed, StrictMath.log(Thresholds.TREND)))
                : quality;
    }

    /** Returns the gains in loss as shares of the best method's loss reduction. */
    private static double[] shares(Contest contest) {
        double[] gains = contest.hasMetric()
                ? differences(contest.theirs().losses(), contest.mine().losses())
                : contest.qualityGains();
        return IntStream.range(0, gains.length)
                .mapToDouble(s -> gains[s] / contest.improvement())
                .toArray();
    }

    private static double[] differences(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(s -> a[s] - b[s]).toArray();
    }
}
