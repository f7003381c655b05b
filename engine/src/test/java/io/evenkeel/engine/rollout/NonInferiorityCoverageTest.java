package io.evenkeel.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.engine.rollout.RolloutDefinition.Better;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;

class NonInferiorityCoverageTest {

    static final StudentQuantile STUDENT =
            (degrees, probability) -> TDistribution.of(degrees).inverseSurvivalProbability(probability);

    private static final int TRIALS = 4000;
    private static final int FIRST = 10;
    private static final int MAX_COUNT = 160;
    private static final double MARGIN = 0.5;

    /** Three standard errors of a share of 0.05 of the trials. */
    private static final double NOISE = 3 * Math.sqrt(0.05 * 0.95 / TRIALS);

    private static Metric metric(Better better) {
        return new Metric("accuracy", better, MARGIN, 0.95, 1L);
    }

    /** Evaluates at each doubling, as a group does, until a verdict; returns the share of trials with this verdict. */
    private static double share(MetricVerdict verdict, Better better, double mean, ToDoubleFunction<Random> noise) {
        Random random = new Random(7);
        int found = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            PairedDifferences differences = new PairedDifferences();
            int looks = 0;
            int seen = 0;
            MetricVerdict last = MetricVerdict.UNDECIDED;
            for (int n = 1; n <= MAX_COUNT && last == MetricVerdict.UNDECIDED; n++) {
                differences.add(mean + noise.applyAsDouble(random));
                if (NonInferiority.isLookDue(n, seen, FIRST)) {
                    seen = n;
                    looks++;
                    last = NonInferiority.look(looks, metric(better), differences, STUDENT)
                            .verdict();
                }
            }
            if (last == verdict) {
                found++;
            }
        }
        return (double) found / TRIALS;
    }

    @Test
    void aVersionAtTheMarginSeldomPassesAndSeldomStopsOverAllLooks() {
        assertThat(share(MetricVerdict.NON_INFERIOR, Better.HIGHER, -MARGIN, Random::nextGaussian))
                .isLessThan(0.05 + NOISE)
                .isGreaterThan(0.02);
        assertThat(share(MetricVerdict.INFERIOR, Better.HIGHER, -MARGIN, Random::nextGaussian))
                .isLessThan(0.05 + NOISE)
                .isGreaterThan(0.02);
        assertThat(share(MetricVerdict.NON_INFERIOR, Better.LOWER, MARGIN, Random::nextGaussian))
                .isLessThan(0.05 + NOISE);
        assertThat(share(MetricVerdict.NON_INFERIOR, Better.HIGHER, -MARGIN, random -> random.nextDouble() - 0.5))
                .isLessThan(0.05 + NOISE);
    }

    @Test
    void decidesClearCases() {
        assertThat(share(MetricVerdict.NON_INFERIOR, Better.HIGHER, 0, Random::nextGaussian))
                .isGreaterThan(0.95);
        assertThat(share(MetricVerdict.INFERIOR, Better.HIGHER, -2 * MARGIN, Random::nextGaussian))
                .isGreaterThan(0.95);
        assertThat(share(MetricVerdict.INFERIOR, Better.LOWER, 2 * MARGIN, Random::nextGaussian))
                .isGreaterThan(0.95);
    }

    /** Returns the share of trials in which an early look finds harm before the given number of devices. */
    private static double alarms(double mean, int devices, ToDoubleFunction<Random> noise) {
        Random random = new Random(7);
        int found = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            PairedDifferences differences = new PairedDifferences();
            int looks = 0;
            int seen = 0;
            boolean isHarm = false;
            for (int n = 1; n < devices && !isHarm; n++) {
                differences.add(mean + noise.applyAsDouble(random));
                if (NonInferiority.isEarlyLookDue(n, seen)) {
                    seen = n;
                    looks++;
                    isHarm = NonInferiority.earlyLook(looks, metric(Better.HIGHER), differences, STUDENT)
                                    .verdict()
                            == MetricVerdict.EARLY_INFERIOR;
                }
            }
            found += isHarm ? 1 : 0;
        }
        return (double) found / TRIALS;
    }

    @Test
    void earlyLooksSeldomPauseAVersionAtTheMarginAndFindOneThatIsFarWorse() {
        assertThat(alarms(-MARGIN, MAX_COUNT, Random::nextGaussian)).isLessThan(0.05 + NOISE);
        assertThat(alarms(0, MAX_COUNT, Random::nextGaussian)).isLessThan(0.02);
        assertThat(alarms(-MARGIN, MAX_COUNT, random -> random.nextBoolean() ? 1 : -1))
                .as("devices that agree by chance")
                .isLessThan(0.05);
        assertThat(alarms(-6, FIRST, Random::nextGaussian)).isGreaterThan(0.95);
        assertThat(NonInferiority.isEarlyLookDue(1, 0)).isFalse();
        assertThat(NonInferiority.isEarlyLookDue(2, 0)).isTrue();
        assertThat(NonInferiority.isEarlyLookDue(4, 3)).isFalse();
        assertThat(NonInferiority.isEarlyLookDue(5, 3)).isTrue();
    }

    @Test
    void looksWhenTheNumberOfDevicesHasDoubledAndSpendsAtMostTheWholeError() {
        assertThat(NonInferiority.isLookDue(9, 0, 10)).isFalse();
        assertThat(NonInferiority.isLookDue(10, 0, 10)).isTrue();
        assertThat(NonInferiority.isLookDue(25, 13, 10)).isFalse();
        assertThat(NonInferiority.isLookDue(26, 13, 10)).isTrue();
        assertThat(NonInferiority.isLookDue(Integer.MAX_VALUE, 1 << 30, 10)).isFalse();
        double spent = 0;
        for (int look = 1; look < 100_000; look++) {
            spent += NonInferiority.errorOf(look, 0.95);
        }
        assertThat(spent).isBetween(0.0499, 0.05);
    }

    @Property
    void reversedSignsAndOrderGiveTheReversedInterval(
            @ForAll @Size(min = 2, max = 40) List<@DoubleRange(min = -10, max = 10) Double> values,
            @ForAll @IntRange(min = 1, max = 20) int look) {
        PairedDifferences differences = new PairedDifferences();
        PairedDifferences reversed = new PairedDifferences();
        for (double value : values) {
            differences.add(value);
            reversed.add(-value);
        }
        MetricLook higher = NonInferiority.look(look, metric(Better.HIGHER), differences, STUDENT);
        MetricLook lower = NonInferiority.look(look, metric(Better.LOWER), reversed, STUDENT);
        assertThat(lower.verdict()).isEqualTo(higher.verdict());
        assertThat(lower.low()).isEqualTo(-higher.high());
        assertThat(lower.high()).isEqualTo(-higher.low());
        assertThat(higher.low()).isLessThanOrEqualTo(higher.difference());
        assertThat(higher.high()).isGreaterThanOrEqualTo(higher.difference());
    }

    @Test
    void agreesWithATextbooksQuantile() {
        PairedDifferences differences = new PairedDifferences();
        for (double value : new double[] {1, 2, 3, 4}) {
            differences.add(value);
        }
        // t_{0.975, 3} = 3.182446, as the first look spends half of 0.05; the standard error is sqrt(5/3/4).
        MetricLook look = NonInferiority.look(1, metric(Better.HIGHER), differences, STUDENT);
        assertThat(look.difference()).isEqualTo(2.5);
        assertThat(look.low()).isCloseTo(2.5 - 3.182446 * Math.sqrt(5.0 / 12), within(1e-5));
    }
}
