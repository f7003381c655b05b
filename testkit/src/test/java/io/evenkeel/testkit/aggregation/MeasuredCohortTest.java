package io.evenkeel.testkit.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class MeasuredCohortTest {

    /** The bytes are those of FORMAT.md: 9 for each frame, plus its content. */
    @Test
    void countsTheBytesOfADeviceThatTakesAllSteps() throws Exception {
        AggregationCost cost = new MeasuredCohort(12, 50, 0.1, 0.05, 0).run();

        double sent = 4 * 9 + 324 + (2 + 84 * 11) + (28 + 4 * 52) + (2 + 37 * 11);
        double received = 3 * 9 + (4 + 324 * 12) + (2 + 84 * 11) + (2 + 4 * 12);
        assertThat(cost.sent()).isEqualTo(sent);
        assertThat(cost.received()).isEqualTo(received);
        assertThat(cost.deviceSeconds()).isPositive();
        assertThat(cost.coordinatorSeconds()).isPositive();
    }

    @Test
    void addsTheVectorsOfRemainingMembers() throws Exception {
        AggregationCost cost = new MeasuredCohort(20, 10, 0.2, 0, 0.1).run();

        assertThat(cost.dropped()).isEqualTo(2);
        assertThat(cost.row()).startsWith("| 20 | ").contains(" | 10 | 2 | ");
    }

    @Test
    void refusesCohortsWithoutSuitableParameters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MeasuredCohort(4, 10, 0.5, 0.05, 0))
                .withMessageContaining("no threshold suffices for 4 members");
    }
}
