package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RebaseScheduleTest {

    @Test
    void startsAnEpochAfterEachFixedNumberOfRounds() {
        RebaseSchedule schedule = new RebaseSchedule(3);
        assertThat(schedule.clearsSum(0)).isFalse();
        assertThat(schedule.clearsSum(2)).isFalse();
        assertThat(schedule.clearsSum(3)).isTrue();
        assertThat(schedule.clearsSum(4)).isFalse();
        assertThat(schedule.clearsOwn(-1, 7)).isFalse();
        assertThat(schedule.clearsOwn(3, 5)).isFalse();
        assertThat(schedule.clearsOwn(2, 3)).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RebaseSchedule(0))
                .withMessageContaining("is 0");
    }

    /**
     * A device clears its part if and only if the coordinator has cleared the sum since, regardless of the
     * rounds that the device missed.
     */
    @Property
    void bothSidesClearInTheSameRounds(
            @ForAll @IntRange(min = 1, max = 20) int every,
            @ForAll @IntRange(max = 200) int lastRound,
            @ForAll @IntRange(min = 1, max = 60) int later) {
        RebaseSchedule schedule = new RebaseSchedule(every);
        boolean cleared = false;
        for (int round = lastRound + 1; round <= lastRound + later; round++) {
            cleared |= schedule.clearsSum(round);
        }
        assertThat(schedule.clearsOwn(lastRound, lastRound + later)).isEqualTo(cleared);
    }
}
