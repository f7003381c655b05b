package io.evenkeel.engine.rollout;

import io.evenkeel.engine.rollout.RolloutDefinition.Better;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;

/**
 * Decides from paired differences whether a version is non-inferior to the previous one.
 *
 * <p>Each device evaluates both versions on the same data, and d_i is its difference in a metric, so that
 * differences between devices cancel. With n devices, mean m and standard error e of the d_i, the one-sided
 * bounds of the true mean at level 1 - a are m - t e and m + t e, with the quantile t of Student's
 * distribution with n - 1 degrees of freedom (Student, Biometrika 6, 1908). For a metric where higher is
 * better, the version is non-inferior if the lower bound is at least -margin, and inferior if the upper bound
 * is below -margin (U.S. Food and Drug Administration, Non-Inferiority Clinical Trials to Establish
 * Effectiveness, 2016). For a metric where lower is better, the signs are reversed.
 *
 * <p>Devices have equal weights, regardless of their numbers of samples. The mean then describes devices
 * rather than samples, a few devices with a lot of data cannot outvote the others, and the d_i are
 * independent and identically distributed, as the quantile assumes. Few samples make a d_i noisy, and the
 * interval wider.
 *
 * <p>The data are tested repeatedly while reports arrive. Look k may err with probability a_k = a / (k (k +
 * 1)); these sum to at most a, so by Bonferroni's inequality all looks together err with probability at most
 * a (like the spending functions of Lan and DeMets, Biometrika 70, 1983, but without an assumption about the
 * dependence of looks). A look is taken when the number of devices has doubled since the last one, when the
 * group's time is over, and when it would pass otherwise; so there are few looks, and a_k stays large. Looks
 * continue after one that finds the version non-inferior, because the first devices to report may be better
 * than later ones.
 *
 * <p>No look can detect a loss that no device has reported yet: a version that fails on a share p of the devices looks
 * harmless to n of them with a probability of (1 - p)^n. Only more reports help.
 *
 * <p>Early looks search for harm before there are as many devices as the rules require: from the second device on,
 * whenever the number of reports has grown by half. They are numbered separately and have their own error probability
 * a, since their effect can be undone: they pause a roll-out, and never pass or stop it. Few devices can agree by
 * chance if a metric is coarse, such as an accuracy on ten samples; the standard error is then 0, and Student's
 * interval has no width. So an early look assumes that the standard deviation of the differences is at least the
 * margin: two devices that agree count as harm if they are worse by ten margins (at a confidence of 95%), three by 5.5,
 * five by 3.5, eight by 2.5. One device has no interval at all.
 */
final class NonInferiority {

    private NonInferiority() {}

    /**
     * Returns whether a look is due.
     *
     * @param pairs number of devices that reported the metric for both versions
     * @param seen the number of these devices that the last look included; 0 before the first
     * @param first number of devices of the first look, at least 1
     */
    static boolean isLookDue(int pairs, int seen, int first) {
        return pairs >= (seen == 0 ? first : 2L * seen);
    }

    /** Returns whether an early look is due; {@link #isLookDue} explains the parameters. */
    static boolean isEarlyLookDue(int pairs, int seen) {
        return pairs >= 2 && pairs >= seen + (seen + 1L) / 2;
    }

    /** Returns the probability a_k of an error in a look. */
    static double errorOf(int look, double confidence) {
        return (1 - confidence) / ((double) look * (look + 1));
    }

    /**
     * Tests the differences.
     *
     * @param number the look's number, at least 1
     * @param differences new minus before of at least 2 devices
     */
    static MetricLook look(int number, Metric metric, PairedDifferences differences, StudentQuantile quantile) {
        return look(number, metric, differences, quantile, false);
    }

    /** Tests the differences of at least 2 devices, before there are enough for {@link #look}. */
    static MetricLook earlyLook(int number, Metric metric, PairedDifferences differences, StudentQuantile quantile) {
        return look(number, metric, differences, quantile, true);
    }

    private static MetricLook look(
            int number, Metric metric, PairedDifferences differences, StudentQuantile quantile, boolean isEarly) {
        double t = quantile.exceededWith(differences.count() - 1, errorOf(number, metric.confidence()));
        double mean = differences.mean();
        double least = isEarly ? metric.margin() / Math.sqrt(differences.count()) : 0;
        double width = t * Math.max(least, differences.standardError());
        double low = mean - width;
        double high = mean + width;
        MetricVerdict verdict = metric.better() == Better.HIGHER
                ? verdict(low, high, metric.margin())
                : verdict(-high, -low, metric.margin());
        return new MetricLook(
                metric.name(), number, differences.count(), mean, low, high, isEarly ? early(verdict) : verdict);
    }

    private static MetricVerdict early(MetricVerdict verdict) {
        return verdict == MetricVerdict.INFERIOR ? MetricVerdict.EARLY_INFERIOR : MetricVerdict.UNDECIDED;
    }

    private static MetricVerdict verdict(double low, double high, double margin) {
        if (low >= -margin) {
            return MetricVerdict.NON_INFERIOR;
        }
        return high < -margin ? MetricVerdict.INFERIOR : MetricVerdict.UNDECIDED;
    }
}
