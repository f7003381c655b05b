package io.evenkeel.trial.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RobustRuleTest {

    private static double[] sum(String rule, double[] weights, double[]... vectors) {
        double[] sum = new double[vectors[0].length];
        RobustRule.parse(rule).sum(List.of(vectors), weights, sum);
        return sum;
    }

    @Test
    void aTrimmedMeanLeavesOutBothEndsOfEachCoordinate() {
        double[] weights = {1, 1, 1, 1, 1};
        double[] found = sum(
                "trim:0.2",
                weights,
                new double[] {1, -50},
                new double[] {2, 1},
                new double[] {3, 2},
                new double[] {100, 3},
                new double[] {-7, 4});
        assertThat(found).containsExactly(5 * 2, 5 * 2);
    }

    @Test
    void aTrimmedMeanWeightsTheRemainingValuesAndOmitsSilentClients() {
        double[] found = sum(
                "trim:0.4",
                new double[] {1, 3, 9, 1, 1, 9},
                new double[] {2},
                new double[] {6},
                new double[] {0},
                new double[] {-1},
                new double[] {80},
                new double[] {0});
        assertThat(found).as("of four, one is left out at each end").containsExactly(6 * (2 + 3 * 6) / 4.0);
    }

    @Test
    void aTrimmedMeanLeavesAtLeastOneValue() {
        assertThat(sum("trim:0.49", new double[] {2}, new double[] {3})).containsExactly(6);
        assertThat(sum("trim:0.1", new double[] {1, 1}, new double[] {3}, new double[] {5}))
                .containsExactly(8);
        assertThat(sum("trim:0.1", new double[] {1}, new double[] {0})).containsExactly(0);
    }

    @Test
    void clippingEqualsTheCoordinators() {
        assertThat(sum("clip:1", new double[] {1, 1, 2}, new double[] {3, 4}, new double[] {5, 0}, new double[] {6, 8}))
                .containsExactly(3 + 5 + 6, 4 + 8);
        assertThat(RobustRule.parse("clip:2.0").text()).isEqualTo("clip:2");
        assertThat(RobustRule.parse("trim:0.2").text()).isEqualTo("trim:0.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clip",
                "clip:",
                "clip:0.5",
                "clip:NaN",
                "clip:Infinity",
                "trim",
                "trim:",
                "trim:0",
                "trim:0.5",
                "median"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> RobustRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("robust");
    }

    @Test
    void onlyAlgorithmsWhoseClientsKeepTheirVectorsHaveATrimmedMean() {
        assertThatThrownBy(() -> ArmSettings.parse("gd,robust=trim:0.2")).hasMessageContaining("not for gd: use clip");
        assertThat(ArmSettings.parse("ef21,robust=clip:2").withGamma("1").robust())
                .isEqualTo("clip:2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"flip:0.1:1", "sign-flip:0.1", "sign-flip:0:1", "little:0.5:1", "little:0.1:0", "little:x:1"})
    void anUnknownAttackIsRefused(String text) {
        assertThatThrownBy(() -> HostileSettings.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fleet.hostile");
    }
}
