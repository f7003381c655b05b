package io.evenkeel.trial.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndingTest {

    private static final double HALF_A_POINT = 0.005;

    @Test
    void tenPointsMoreAreBetterAndNotAsWell() {
        assertThat(Ending.of(-0.911, -0.811, HALF_A_POINT)).isEqualTo(Ending.BETTER);
        assertThat(Ending.of(-0.811, -0.911, HALF_A_POINT)).isEqualTo(Ending.WORSE);
    }

    @Test
    void differencesBelowTheThresholdAreNone() {
        assertThat(Ending.of(-0.914, -0.917, HALF_A_POINT)).isEqualTo(Ending.AS_WELL);
        assertThat(Ending.of(-0.917, -0.914, HALF_A_POINT)).isEqualTo(Ending.AS_WELL);
    }
}
