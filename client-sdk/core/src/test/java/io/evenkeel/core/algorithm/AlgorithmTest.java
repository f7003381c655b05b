package io.evenkeel.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.AccumulatedNormStep;
import io.evenkeel.core.step.LayerwiseNormalizedStep;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.Schedule;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AlgorithmTest {

    private static final OptionalDouble ALPHA = OptionalDouble.of(0.19);

    @Test
    void theNormalizedPresetsNeedNoConstants() {
        Algorithm norm = Algorithm.builder(Preset.EF21_NORM).build(ALPHA, 99);
        assertThat(norm.step()).isEqualTo(new NormalizedStep());
        assertThat(norm.gamma()).isEqualTo(new Schedule.Horizon(1, 0.5));
        assertThat(norm.feedback()).isEqualTo(FeedbackMethod.EF21);
        assertThat(norm.eta()).isEqualTo(new Schedule.Constant(1));

        Algorithm sgdm = Algorithm.builder(Preset.EF21_SGDM_NORM).build(OptionalDouble.empty(), 99);
        assertThat(sgdm.gamma()).isEqualTo(new Schedule.Horizon(1, 0.75));
        assertThat(sgdm.eta()).isEqualTo(new Schedule.Horizon(1, 0.5));
        assertThat(sgdm.feedback()).isEqualTo(FeedbackMethod.EF21_MOMENTUM);
    }

    @Test
    void igtAndStormTakeSchedulesWithoutAHorizon() {
        Algorithm igt = Algorithm.builder(Preset.EF21_IGT_NORM).build(ALPHA, 99);
        assertThat(igt.feedback()).isEqualTo(FeedbackMethod.EF21_IGT);
        assertThat(igt.gamma()).isEqualTo(new Schedule.Anytime(1, 5.0 / 7));
        assertThat(igt.eta()).isEqualTo(new Schedule.Anytime(1, 4.0 / 7));

        Algorithm storm = Algorithm.builder(Preset.EF21_STORM_NORM)
                .step(new LayerwiseNormalizedStep())
                .build(ALPHA, 99);
        assertThat(storm.feedback()).isEqualTo(FeedbackMethod.EF21_STORM);
        assertThat(storm.gamma()).isEqualTo(new Schedule.Anytime(1, 2.0 / 3));
        assertThat(storm.eta()).isEqualTo(new Schedule.Anytime(1, 2.0 / 3));
        assertThat(Preset.EF21_STORM_NORM.defaultGamma(new AccumulatedNormStep()))
                .isEqualTo(new Schedule.Constant(1));
    }

    @Test
    void methodsWithoutATheoryOfPlainStepsNeedGamma() {
        Algorithm.Builder plain =
                Algorithm.builder(Preset.EF21_IGT_NORM).step(new PlainStep()).smoothness(1, 1);
        assertThatThrownBy(() -> plain.build(ALPHA, 9)).hasMessageContaining("no size of plain steps: give gamma");
        Algorithm.Builder decaying = Algorithm.builder(Preset.EF14_DECAY).smoothness(1, 1);
        assertThatThrownBy(() -> decaying.build(ALPHA, 9)).hasMessageContaining("no size of plain steps: give gamma");
        Algorithm.Builder withoutSmoothness =
                Algorithm.builder(Preset.EF21_STORM_NORM).step(new PlainStep());
        assertThatThrownBy(() -> withoutSmoothness.build(ALPHA, 9)).hasMessageContaining("no size of plain steps");
        assertThat(plain.gamma(new Schedule.Constant(0.5))
                        .build(ALPHA, 9)
                        .gamma()
                        .largest())
                .isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({
        // s = sqrt(1 - 0.19) = 0.9, so 1/(2 + 3 * 0.9/0.1)
        "EF21, 0.034482758620689655",
        // min(0.19/60, 0.1/14) with eta = (99+1)^-0.5
        "EF21_SGDM, 0.0031666666666666666",
        "EF14, 0.00475",
        "DCGD, 0.5",
        "GD, 0.5"
    })
    void plainPresetsTakeTheirStepSizeFromTheSmoothness(Preset preset, double gamma) {
        Algorithm algorithm = Algorithm.builder(preset).smoothness(2, 3).build(ALPHA, 99);
        assertThat(algorithm.step()).isEqualTo(new PlainStep());
        assertThat(algorithm.gamma().at(0, 99)).isCloseTo(gamma, within(1e-15));
    }

    @Test
    void smallMomentumLimitsTheStepSize() {
        assertThat(Theory.ef21MomentumStepSize(2, 3, 1, 0.01)).isCloseTo(0.01 / 14, within(1e-18));
    }

    @Test
    void plainStepsWithoutGammaOrSmoothnessAreRefused() {
        assertThatThrownBy(() -> Algorithm.builder(Preset.EF21).build(ALPHA, 99))
                .hasMessageContaining("give gamma, or the smoothness L");
    }

    @Test
    void theoryNeedsAContractionFactorForErrorFeedback() {
        Algorithm.Builder ef21 = Algorithm.builder(Preset.EF21).smoothness(1, 1);
        assertThatThrownBy(() -> ef21.build(OptionalDouble.empty(), 99))
                .hasMessageContaining("the compressor has no contraction factor");
        assertThat(Algorithm.builder(Preset.DCGD)
                        .smoothness(4, 4)
                        .build(OptionalDouble.empty(), 9)
                        .gamma())
                .isEqualTo(new Schedule.Constant(0.25));
    }

    @Test
    void explicitSettingsReplaceDefaults() {
        Algorithm algorithm = Algorithm.builder(Preset.EF21_SGDM_NORM)
                .step(new AccumulatedNormStep())
                .gamma(new Schedule.Constant(0.3))
                .eta(new Schedule.Constant(0.2))
                .build(ALPHA, 9);
        assertThat(algorithm)
                .isEqualTo(new Algorithm(
                        Preset.EF21_SGDM_NORM,
                        new AccumulatedNormStep(),
                        new Schedule.Constant(0.3),
                        new Schedule.Constant(0.2)));
    }

    @Test
    void anotherStepRuleHasItsOwnDefaultGamma() {
        assertThat(Algorithm.builder(Preset.EF21)
                        .step(new AccumulatedNormStep())
                        .build(ALPHA, 9)
                        .gamma())
                .isEqualTo(new Schedule.Constant(1));
    }

    @Test
    void momentumAboveOneIsRefused() {
        Algorithm.Builder builder = Algorithm.builder(Preset.EF21_SGDM_NORM).eta(new Schedule.Constant(1.5));
        assertThatThrownBy(() -> builder.build(ALPHA, 9)).hasMessageContaining("values in (0, 1]");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 1", "1, Infinity", "NaN, 1", "1, NaN"})
    void anImpossibleSmoothnessIsRefused(double smoothness, double meanSquare) {
        Algorithm.Builder builder = Algorithm.builder(Preset.EF21);
        assertThatThrownBy(() -> builder.smoothness(smoothness, meanSquare)).hasMessageContaining("0 < L <= Lt");
    }

    @ParameterizedTest
    @EnumSource(Preset.class)
    void everyPresetIsParsedFromItsName(Preset preset) {
        assertThat(Preset.parse(preset.text())).isEqualTo(preset);
        assertThat(preset.defaultCompressor()).isEqualTo(preset.text().startsWith("gd") ? "identity" : "top-k:0.01");
    }

    @Test
    void anUnknownNameIsRefusedAndTheKnownOnesAreListed() {
        assertThatThrownBy(() -> Preset.parse("fedavg"))
                .hasMessageContaining(
                        "expected one of ef21, ef21-norm, ef21-sgdm, ef21-sgdm-norm, ef21-igt-norm, ef21-storm-norm, "
                                + "ef21-adaptive, ef21-distance, ef21-muon, ef21-fedavgm, ef21-fedadam, ef21-fedyogi, ef14, ef14-decay, ef14-decay-scatter-mean, dcgd, gd, gd-norm");
    }
}
