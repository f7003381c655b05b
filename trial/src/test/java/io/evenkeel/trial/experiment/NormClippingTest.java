package io.evenkeel.trial.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormClippingTest {

    @Test
    void onlyVectorsLongerThanTheBoundAreScaled() {
        assertThat(new NormClipping(2).factors(new double[] {1, 3, 2, 8, 0})).containsExactly(1, 1, 1, 0.5, 1);
    }

    @Test
    void withoutALengthNothingIsScaled() {
        assertThat(new NormClipping(2).factors(new double[] {0, 0})).containsExactly(1, 1);
    }

    @Property
    void aMinorityCannotRaiseTheBound(
            @ForAll @Size(min = 3, max = 9) List<@DoubleRange(min = 0.1, max = 10) Double> honest,
            @ForAll @DoubleRange(min = 0, max = 1e300) double hostile,
            @ForAll @IntRange(min = 1, max = 8) int count) {
        int attackers = Math.min(count, honest.size() - 1);
        double[] norms = new double[honest.size() + attackers];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = i < honest.size() ? honest.get(i) : hostile;
        }
        double[] factors = new NormClipping(2).factors(norms);
        double largest = honest.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        for (int i = 0; i < norms.length; i++) {
            assertThat(factors[i] * norms[i]).isLessThanOrEqualTo(2 * largest * (1 + 1e-15));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip", "clip:", "clip:0.5", "clip:NaN", "clip:Infinity", "trim:0.1"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> NormClipping.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("robust");
    }

    @Test
    void onlyAlgorithmsWhoseClientsKeepTheirVectorsAreRobust() {
        assertThatThrownBy(() -> ArmSettings.parse("gd,robust=clip:2")).hasMessageContaining("not for gd");
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
