package io.evenkeel.engine.checkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PaceSteeringTest {

    private static final Duration NOW = Duration.ZERO;

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    @Property
    void aLargeFleetChecksInAtTheGoalRateRegardlessOfTheNumberNeeded(
            @ForAll @IntRange(min = 20_000, max = 5_000_000) int active,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @IntRange(min = 100, max = 600) int goal) {
        PaceSteering pace = new PaceSteering(goal, active, share * active);
        double rate = pace.needed() / seconds(pace.mean(true, NOW, NOW))
                + (active - pace.needed()) / seconds(pace.mean(false, NOW, NOW));
        assertThat(rate).isCloseTo(goal, within(0.02 * goal));
    }

    @Property
    void aSmallWaitingFleetReturnsAtOnceWithinTheGoal(
            @ForAll @IntRange(min = 0, max = 9_000) int active, @ForAll boolean needed) {
        PaceSteering pace = new PaceSteering(300, active, active);
        Duration wait = Duration.ofSeconds(30);
        Duration mean = pace.mean(true, Duration.ofHours(1), wait);
        assertThat(pace.isSmall()).isTrue();
        assertThat(mean).isEqualTo(PaceSteering.MIN_PAUSE);
        assertThat(active / seconds(wait.plus(mean))).isLessThanOrEqualTo(300);
    }

    @Test
    void fiveDevicesNeverPauseForLongEvenWithoutLongPolls() {
        PaceSteering pace = new PaceSteering(300, 5, 0);
        Duration mean = pace.mean(false, Duration.ofHours(1), NOW);
        for (int seed = 0; seed < 1000; seed++) {
            assertThat(PaceSteering.pause(mean, new Random(seed))).isBetween(1L, 5L);
        }
    }

    @Test
    void neededDevicesCheckInFourTimesAsOften() {
        PaceSteering pace = new PaceSteering(300, 1_000_000, 400_000);
        assertThat(seconds(pace.mean(false, NOW, NOW))).isCloseTo(4 * seconds(pace.mean(true, NOW, NOW)), within(0.1));
    }

    @Test
    void noDeviceChecksInMoreOftenThanTheWorkNeeds() {
        PaceSteering pace = new PaceSteering(300, 20_000, 20_000);
        Demand few = new Demand(100, Duration.ofMinutes(10));
        assertThat(pace.mean(true, few.every(20_000), NOW))
                .as("200 check-ins in ten minutes")
                .isEqualTo(Duration.ofMinutes(1000));
        assertThat(pace.mean(true, new Demand(Long.MAX_VALUE, Duration.ofMinutes(10)).every(20_000), NOW))
                .as("a round that asks everybody")
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(seconds(pace.mean(true, Demand.ALL_NOW.every(20_000), NOW)))
                .as("the goal's share")
                .isCloseTo(66.6, within(0.1));
    }

    @Test
    void pausesAreRandomWithAboutTheirMeanAndABound() {
        Random random = new Random(1);
        Duration mean = Duration.ofSeconds(100);
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            long pause = PaceSteering.pause(mean, random);
            assertThat(pause).isBetween(1L, 500L);
            sum += pause;
        }
        assertThat(sum / 100_000).isCloseTo(100, within(1.0));
    }
}
