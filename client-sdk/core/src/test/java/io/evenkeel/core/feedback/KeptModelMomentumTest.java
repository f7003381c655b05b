package io.evenkeel.core.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests properties that the theory of IGT and STORM proves. */
class KeptModelMomentumTest {

    private static final int D = 6;
    private static final Compressor TOP_2 = CompressorSpec.parse("top-k:2").bind(TensorLayout.flat(D));

    /** Returns the gradient of a convex quadratic with coupled coordinates. */
    private static double[] quadratic(double[] x) {
        double[] gradient = new double[D];
        for (int j = 0; j < D; j++) {
            gradient[j] = (1 + j) * (x[j] - j) + 0.5 * (x[j] - x[(j + 1) % D]) + 0.5 * (x[j] - x[(j + D - 1) % D]);
        }
        return gradient;
    }

    /** Returns the gradient of a loss whose curvature changes from point to point. */
    private static double[] curved(double[] x) {
        double[] gradient = quadratic(x);
        for (int j = 0; j < D; j++) {
            gradient[j] += StrictMath.sin(3 * x[j]) * x[(j + 1) % D];
        }
        return gradient;
    }

    private static double[] model(SplitMix64 random) {
        double[] x = new double[D];
        for (int j = 0; j < D; j++) {
            x[j] = 4 * random.nextDouble() - 2;
        }
        return x;
    }

    private static Staged stage(ErrorFeedback feedback, double[] model, double eta, UnaryOperator<double[]> gradient) {
        double[] second = feedback.secondPoint();
        return feedback.stage(
                model,
                gradient.apply(feedback.point(model, eta)),
                second == null ? null : gradient.apply(second),
                eta,
                TOP_2,
                0);
    }

    @Property
    void igtTransportsExactGradientsOfAQuadraticExactly(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 1) double eta) {
        SplitMix64 random = new SplitMix64(seed);
        ErrorFeedback igt = ErrorFeedback.start(FeedbackMethod.EF21_IGT, D);
        for (int round = 0; round < 12; round++) {
            double[] x = model(random);
            igt.commit(stage(igt, x, eta, KeptModelMomentumTest::quadratic));
            assertThat(distance(igt.vectors().get(1), quadratic(x))).isLessThan(1e-10 / eta);
        }
    }

    @Property
    void stormOfFullGradientsIsTheExactGradient(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 1) double eta) {
        SplitMix64 random = new SplitMix64(seed);
        ErrorFeedback storm = ErrorFeedback.start(FeedbackMethod.EF21_STORM, D);
        for (int round = 0; round < 12; round++) {
            double[] x = model(random);
            storm.commit(stage(storm, x, eta, KeptModelMomentumTest::curved));
            assertThat(storm.vectors().get(1)).containsExactly(curved(x));
        }
    }

    /**
     * Additive noise is the same at both points of a sample, so only a share eta of each new noise enters
     * STORM's estimate.
     */
    @Test
    void stormTakesInOnlyEtaOfEachSamplesNoise() {
        double eta = 0.1;
        ErrorFeedback storm = ErrorFeedback.start(FeedbackMethod.EF21_STORM, D);
        SplitMix64 random = new SplitMix64(3);
        double[] noise = new double[D];
        double[] x = model(random);
        for (int round = 0; round < 40; round++) {
            double[] sample = model(random);
            x = model(random);
            storm.commit(stage(storm, x, eta, at -> sum(curved(at), sample)));
            for (int j = 0; j < D; j++) {
                noise[j] = round == 0 ? sample[j] : (1 - eta) * noise[j] + eta * sample[j];
            }
        }
        assertThat(distance(storm.vectors().get(1), sum(curved(x), noise))).isLessThan(1e-12);
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21_IGT", "EF21_STORM"})
    void momentumOfOneIsEf21(FeedbackMethod method) {
        SplitMix64 random = new SplitMix64(7);
        ErrorFeedback momentum = ErrorFeedback.start(method, D);
        ErrorFeedback ef21 = ErrorFeedback.start(FeedbackMethod.EF21, D);
        for (int round = 0; round < 50; round++) {
            double[] x = model(random);
            momentum.commit(stage(momentum, x, 1, KeptModelMomentumTest::curved));
            ef21.commit(stage(ef21, x, 1, KeptModelMomentumTest::curved));
            assertThat(momentum.vectors().get(0)).containsExactly(ef21.vectors().get(0));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21_IGT", "EF21_STORM"})
    void aRefusedRoundLeavesTheModelOfTheLastAcceptedMessage(FeedbackMethod method) {
        SplitMix64 random = new SplitMix64(5);
        ErrorFeedback momentum = ErrorFeedback.start(method, D);
        double[] answered = model(random);
        momentum.commit(stage(momentum, answered, 0.5, KeptModelMomentumTest::curved));
        stage(momentum, model(random), 0.5, KeptModelMomentumTest::curved);

        double[] next = model(random);
        if (method == FeedbackMethod.EF21_STORM) {
            assertThat(momentum.secondPoint()).containsExactly(answered);
            assertThat(momentum.point(next, 0.5)).isSameAs(next);
        } else {
            assertThat(momentum.secondPoint()).isNull();
            double[] mirrored = new double[D];
            for (int j = 0; j < D; j++) {
                mirrored[j] = next[j] + (next[j] - answered[j]);
            }
            assertThat(momentum.point(next, 0.5)).containsExactly(mirrored);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21_IGT", "EF21_STORM"})
    void theFirstEstimateIsTheFirstGradient(FeedbackMethod method) {
        ErrorFeedback momentum = ErrorFeedback.start(method, D);
        double[] x = model(new SplitMix64(1));
        assertThat(momentum.point(x, 0.01)).isSameAs(x);
        assertThat(momentum.secondPoint()).isNull();
        momentum.commit(stage(momentum, x, 0.01, KeptModelMomentumTest::curved));
        assertThat(momentum.vectors().get(1)).containsExactly(curved(x));
        assertThat(momentum.vectors().get(2)).containsExactly(x);
    }

    @Test
    void aMissingOrUnexpectedSecondGradientIsRefused() {
        double[] x = model(new SplitMix64(1));
        ErrorFeedback storm = ErrorFeedback.start(FeedbackMethod.EF21_STORM, D);
        assertThatThrownBy(() -> storm.stage(x, curved(x), curved(x), 0.5, TOP_2, 0))
                .hasMessageContaining("there is a second gradient");
        storm.commit(storm.stage(x, curved(x), null, 0.5, TOP_2, 0));
        assertThatThrownBy(() -> storm.stage(x, curved(x), null, 0.5, TOP_2, 0))
                .hasMessageContaining("the second gradient is missing");
        double[] bad = curved(x);
        bad[3] = Double.NaN;
        assertThatThrownBy(() -> storm.stage(x, curved(x), bad, 0.5, TOP_2, 0))
                .hasMessageContaining("the second gradient's value 3 is NaN");
    }

    @Test
    void aModelThatIsNotFiniteNeverEntersTheState() {
        ErrorFeedback igt = ErrorFeedback.start(FeedbackMethod.EF21_IGT, D);
        double[] x = new double[D];
        x[2] = Double.POSITIVE_INFINITY;
        assertThatThrownBy(() -> igt.stage(x, new double[D], null, 0.5, TOP_2, 0))
                .hasMessageContaining("the model's value 2 is Infinity");
    }

    @Test
    void aGradientWithoutItsModelIsRefused() {
        ErrorFeedback igt = ErrorFeedback.start(FeedbackMethod.EF21_IGT, D);
        assertThatThrownBy(() -> igt.stage(new double[D], 1, TOP_2, 0)).hasMessageContaining("give both");
        assertThatThrownBy(() -> igt.stage(new float[D], 1, TOP_2, 0)).hasMessageContaining("give both");
    }

    @Test
    void aStagedMessageOfAnotherMethodIsRefused() {
        ErrorFeedback igt = ErrorFeedback.start(FeedbackMethod.EF21_IGT, D);
        Staged staged = ErrorFeedback.start(FeedbackMethod.EF21_MOMENTUM, D).stage(new double[D], 1, TOP_2, 0);
        assertThatThrownBy(() -> igt.commit(staged)).hasMessageContaining("ef21-igt carries 2 vectors");
        assertThat(igt.vectors()).hasSize(1);
    }

    @Test
    void keepsOneVectorMoreThanHeavyBall() {
        for (FeedbackMethod method : List.of(FeedbackMethod.EF21_IGT, FeedbackMethod.EF21_STORM)) {
            ErrorFeedback momentum = ErrorFeedback.start(method, D);
            double[] x = model(new SplitMix64(1));
            Staged staged = stage(momentum, x, 0.5, KeptModelMomentumTest::curved);
            momentum.commit(staged);
            assertThat(momentum.vectors()).hasSize(3);
            double[] v = momentum.vectors().get(1);
            assertThat(v).isEqualTo(staged.carry().get(0));
            momentum.commit(stage(momentum, x, 0.5, KeptModelMomentumTest::curved));
            assertThat(momentum.vectors().get(1))
                    .as("copied into the same array")
                    .isSameAs(v);
            assertThat(Objects.requireNonNull(momentum.vectors().get(2))).isSameAs(x);
        }
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int j = 0; j < D; j++) {
            sum[j] += b[j];
        }
        return sum;
    }

    private static double distance(double[] a, double[] b) {
        double[] difference = a.clone();
        for (int j = 0; j < D; j++) {
            difference[j] -= b[j];
        }
        return Norm.l2(difference);
    }
}
