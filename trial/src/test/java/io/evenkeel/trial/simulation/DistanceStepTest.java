package io.evenkeel.trial.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.experiment.ArmSettings;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DistanceStepTest {

    private static Arm arm(String text) {
        return Arm.of(ArmSettings.parse(text), TensorLayout.flat(2), Optional::empty, 9);
    }

    @Test
    void growsWithTheFarthestDistanceComeSoFar() {
        Arm arm = arm("ef21,step=accumulated-norm,gamma=distance:0.5:0.1,compressor=top-k:1");
        StepSizes sizes = new StepSizes(arm, 9, new double[] {1, 1});
        assertThat(sizes.at(0, new double[] {1, 1})).isEqualTo(0.05);
        assertThat(sizes.at(1, new double[] {4, 5})).isEqualTo(2.5);
        assertThat(sizes.at(2, new double[] {1, 2})).isEqualTo(2.5);
        assertThat(arm.gamma()).isEqualTo("distance:0.5:0.1");
    }

    @Test
    void belongsToTheAccumulatedNorm() {
        assertThatThrownBy(() -> arm("ef21-norm,gamma=distance:0.5:0.1,compressor=top-k:1"))
                .hasMessageContaining("add step=accumulated-norm");
        assertThatThrownBy(() -> arm("ef21,step=accumulated-norm,gamma=distance:0.5"))
                .hasMessageContaining("expected distance:FACTOR:LEAST");
    }
}
