package io.evenkeel.engine.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CompactionStepTest {

    @Test
    void coversMembersUpToTheMessageThatReachesTheLimit() {
        assertThat(CompactionStep.membersWithin(List.of())).isZero();
        assertThat(CompactionStep.membersWithin(List.of(1_000_000L, 1L))).isOne();
        assertThat(CompactionStep.membersWithin(List.of(1999L, 1L, 1L))).isEqualTo(2);
        assertThat(CompactionStep.membersWithin(Collections.nCopies(50, 16L))).isEqualTo(50);
    }

    @Test
    void reservesMemoryOnlyForALargeVector() {
        for (int d : new int[] {1, 10_000, 500_000, 524_288, 524_289, 100_000_000}) {
            int members = CompactionStep.members(d);
            assertThat(members).isPositive();
            assertThat(CompactionStep.reservesMemory(members, d))
                    .as("d = %s", d)
                    .isEqualTo(d > 524_288);
        }
    }

    @Test
    void dropsWholeClosedRounds() {
        assertThat(CompactionStep.roundsBefore(0, OptionalInt.empty(), 7)).isEqualTo(7);
        assertThat(CompactionStep.roundsBefore(3, OptionalInt.of(3), 7))
                .as("a round that is larger than a step")
                .isEqualTo(4);
        assertThat(CompactionStep.roundsBefore(0, OptionalInt.of(5), 900)).isEqualTo(5);
        assertThat(CompactionStep.roundsBefore(0, OptionalInt.empty(), 900)).isEqualTo(100);
        assertThat(CompactionStep.roundsBefore(7, OptionalInt.empty(), 7))
                .as("no closed round")
                .isEqualTo(7);
    }
}
