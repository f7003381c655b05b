package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Noisy losses are never mistaken for divergence, but losses that rise far above the best one are. */
class LossTrendTest {

    private static final int NEVER = -1;
    private static final int MEMBERS = 100;
    private static final LossTrend.Weights SAME = new LossTrend.Weights(MEMBERS, 0, MEMBERS);

    private LossTrend trend = LossTrend.NONE;
    private int round;
    private int over;

    /** Adds the losses of some rounds; returns the round in which a run with the default definition would pause. */
    private int add(int rounds, double answered, IntToDoubleFunction losses) {
        for (int i = 0; i < rounds; i++) {
            if (add(losses.applyAsDouble(i), answered, SAME)) {
                return round - 1;
            }
        }
        return NEVER;
    }

    private boolean add(double loss, double answered, LossTrend.Weights members) {
        trend = trend.after(round++, loss, answered, members);
        over = loss > trend.limit(2) ? over + 1 : 0;
        return over >= 10;
    }

    /** Returns a loss that falls from 0.7 to 0.3. */
    private static double falling(int round) {
        return 0.3 + 0.4 * Math.exp(-round / 10.0);
    }

    private static double noise(Random random, double size) {
        return size * random.nextGaussian();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noiseOfMinibatchesIsNotDivergence(long seed) {
        Random random = new Random(seed);
        assertThat(add(3000, 1, k -> falling(k) + noise(random, 0.3))).isEqualTo(NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void lossesOfFewSampledDevicesAreNotDivergence(long seed) {
        Random random = new Random(seed);
        // One of ten devices has a loss of 20, and a round selects one device.
        assertThat(add(3000, 0.1, k -> random.nextInt(10) == 0 ? 20 : falling(k)))
                .isEqualTo(NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aFirstRoundWithOnlyTheBestDeviceIsNotABaseline(long seed) {
        Random random = new Random(seed);
        assertThat(add(3000, 0.1, k -> k == 0 ? 0.001 : 2 + noise(random, 0.05)))
                .isEqualTo(NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noiseWithRareLargeValuesIsNotDivergence(long seed) {
        Random random = new Random(seed);
        assertThat(add(3000, 1, k -> falling(k) * Math.exp(noise(random, 1.5)))).isEqualTo(NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aMultipleOfALossNearZeroIsNotDivergence(long seed) {
        Random random = new Random(seed);
        assertThat(add(3000, 1, k -> 0.7 * Math.exp(-k / 20.0) + (k > 1000 ? 0.01 : 1e-9) * random.nextDouble()))
                .isEqualTo(NEVER);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void negativeLossesAreJudgedByTheRunsProgress(long seed) {
        Random random = new Random(seed);
        assertThat(add(500, 1, k -> 5 - 25 * (1 - Math.exp(-k / 20.0)) + noise(random, 1)))
                .isEqualTo(NEVER);
        assertThat(add(50, 1, k -> 4)).isPositive();
    }

    @Test
    void constantLossesAreNotDivergenceNotEvenZero() {
        assertThat(add(100, 1, k -> 0)).isEqualTo(NEVER);
        assertThat(add(100, 1, k -> 1e-12)).isEqualTo(NEVER);
    }

    @Test
    void longFirstStepsThatRecoverAreNotDivergence() {
        assertThat(add(200, 1, k -> k < 40 ? 0.7 + k * 0.1 : falling(k))).isEqualTo(NEVER);
    }

    @Test
    void aLossThatGrowsByAQuarterARoundIsDivergence() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        int paused = add(100, 1, k -> Math.min(4.38, 0.3 * Math.pow(1.25, k)));
        assertThat(paused).isBetween(110, 125);
        assertThat(trend.bestRound()).isBetween(90, 101);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.02, 1.1, 2, 10, 1000})
    void growthAtAnyRateIsDivergence(double factor) {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        assertThat(add(1000, 1, k -> 0.3 * Math.pow(factor, k))).isPositive();
        assertThat(trend.best()).isLessThan(0.35);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.1})
    void divergenceIsDetectedInNoise(double answered) {
        Random random = new Random(5);
        assertThat(add(200, answered, k -> falling(k) + noise(random, 0.05))).isEqualTo(NEVER);
        assertThat(add(60, answered, k -> 2 + noise(random, 0.5))).isPositive();
    }

    @Test
    void aModelThatFallsBackToGuessingIsDivergence() {
        Random random = new Random(6);
        assertThat(add(100, 1, k -> 0.05 + 2.25 * Math.exp(-k / 10.0))).isEqualTo(NEVER);
        assertThat(add(50, 1, k -> Math.log(10) + noise(random, 0.01))).isPositive();
    }

    @Test
    void aRunThatOnlyEverGetsWorsePausesAtTenTimesItsStart() {
        int paused = add(100, 1, k -> 0.7 * Math.pow(1.25, k));
        assertThat(paused).isBetween(15, 40);
        assertThat(trend.bestRound()).isZero();
    }

    @Test
    void aMemberThatJoinsChangesTheLossFunction() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        add(1.5, 1, new LossTrend.Weights(MEMBERS + 10, 0, MEMBERS + 10));
        assertThat(trend.bestRound()).isEqualTo(100);
        for (int i = 0; i < 100; i++) {
            assertThat(add(1.5, 1, new LossTrend.Weights(MEMBERS + 10, 0, MEMBERS + 10)))
                    .isFalse();
        }
    }

    @Test
    void aMemberThatLeavesChangesTheLossFunctionOfTheNextRound() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        add(0.3, 1, new LossTrend.Weights(MEMBERS, 10, MEMBERS - 10));
        assertThat(trend.bestRound()).isEqualTo(-1);
        for (int i = 0; i < 100; i++) {
            assertThat(add(1.5, 1, new LossTrend.Weights(MEMBERS - 10, 0, MEMBERS - 10)))
                    .isFalse();
        }
    }

    @Test
    void aRiseAfterAMemberHasJoinedIsDivergence() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        LossTrend.Weights more = new LossTrend.Weights(MEMBERS + 10, 0, MEMBERS + 10);
        boolean paused = false;
        for (int i = 0; i < 100 && !paused; i++) {
            paused = add(Math.min(4.38, 0.35 * Math.pow(1.25, i)), 1, more);
        }
        assertThat(paused).isTrue();
        assertThat(trend.bestRound()).isEqualTo(100);
    }

    @Test
    void fewMembersThatComeAndGoChangeNothing() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        for (int i = 0; i < 10; i++) {
            add(0.3, 1, new LossTrend.Weights(MEMBERS, 0.1, MEMBERS - 0.1));
        }
        assertThat(trend.bestRound()).isBetween(90, 109);
        assertThat(add(50, 1, k -> 3)).isPositive();
    }

    @Test
    void afterARestartTheNextLossIsTheBaseline() {
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        assertThat(add(100, 1, k -> 3)).isPositive();
        trend = trend.restart();
        over = 0;
        assertThat(trend.bestRound()).isEqualTo(-1);
        assertThat(add(100, 1, k -> 3 + k / 30.0)).isEqualTo(NEVER);
        assertThat(add(100, 1, LossTrendTest::falling)).isEqualTo(NEVER);
        assertThat(add(100, 1, k -> 3)).as("a second time").isPositive();
    }

    @Test
    void roundsWithoutLossesAreLeftOut() {
        add(20, 1, LossTrendTest::falling);
        LossTrend before = trend;
        trend = trend.after(round++, null, 1, SAME);
        assertThat(trend).isEqualTo(before);
    }

    @Test
    void theLargestLossesKeepEverythingFinite() {
        add(50, 1, k -> k % 2 == 0 ? Double.MAX_VALUE : -Double.MAX_VALUE);
        assertThat(trend.level()).isFinite();
        assertThat(trend.noise()).isFinite();
        assertThat(trend.start()).isFinite();
    }
}
