package io.evenkeel.core.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorFeedbackTest {

    private static final Compressor TOP_1 = compressor("top-k:1+float64", 2);

    private static Compressor compressor(String text, int dimension) {
        return CompressorSpec.parse(text).bind(TensorLayout.flat(dimension));
    }

    private static double[] gradient(double... values) {
        return values;
    }

    private static void send(ErrorFeedback feedback, double eta, double... gradient) {
        feedback.commit(stage(feedback, eta, gradient));
    }

    /** Stages a gradient that is the same at every model. */
    private static Staged stage(ErrorFeedback feedback, double eta, double... gradient) {
        double[] second = feedback.secondPoint() == null ? null : gradient.clone();
        return feedback.stage(new double[] {5, 6}, gradient, second, eta, TOP_1, 0);
    }

    @Test
    void ef21SendsTheLargestErrorsOfItsMemory() {
        ErrorFeedback ef21 = ErrorFeedback.start(FeedbackMethod.EF21, 2);
        send(ef21, 1, 3, 2);
        assertThat(ef21.vectors().get(0)).containsExactly(3, 0);
        Staged second = ef21.stage(gradient(3.5, 2), 1, TOP_1, 0);
        assertThat(second.delta().toDense()).containsExactly(0, 2);
        assertThat(second.carry()).isEmpty();
        ef21.commit(second);
        assertThat(ef21.vectors().get(0)).containsExactly(3, 2);
    }

    @Test
    void momentumStartsAtTheFirstGradientAndThenAverages() {
        ErrorFeedback momentum = ErrorFeedback.start(FeedbackMethod.EF21_MOMENTUM, 2);
        send(momentum, 0.25, 4, 1);
        assertThat(momentum.vectors().get(1)).containsExactly(4, 1);
        send(momentum, 0.25, 8, 1);
        assertThat(momentum.vectors().get(1)).containsExactly(5, 1);
        // g was (4, 0), so m - g = (1, 1) and the tie goes to the lower index.
        assertThat(momentum.vectors().get(0)).containsExactly(5, 0);
    }

    @Test
    void momentumOfOneIsEf21() {
        assertSame(FeedbackMethod.EF21_MOMENTUM, FeedbackMethod.EF21, 1);
    }

    /** Sends the same random gradients by both methods, the first with an eta of 1. */
    private static void assertSame(FeedbackMethod withOne, FeedbackMethod other, double otherEta) {
        SplitMix64 random = new SplitMix64(7);
        ErrorFeedback first = ErrorFeedback.start(withOne, 2);
        ErrorFeedback second = ErrorFeedback.start(other, 2);
        for (int round = 0; round < 50; round++) {
            double a = random.nextDouble() - 0.5;
            double b = random.nextDouble() - 0.5;
            send(first, 1, a, b);
            send(second, otherEta, a, b);
            assertThat(first.vectors().get(0)).containsExactly(second.vectors().get(0));
        }
    }

    @Test
    void ef14AddsItsErrorToTheNextGradient() {
        ErrorFeedback ef14 = ErrorFeedback.start(FeedbackMethod.EF14, 2);
        send(ef14, 1, 3, 2);
        assertThat(ef14.vectors().get(0)).containsExactly(0, 2);
        Staged second = ef14.stage(gradient(1, 2), 1, TOP_1, 0);
        assertThat(second.delta().toDense()).containsExactly(0, 4);
        ef14.commit(second);
        assertThat(ef14.vectors().get(0)).containsExactly(1, 0);
    }

    @Test
    void theDecayMultipliesOnlyTheRemainderOfEarlierRounds() {
        ErrorFeedback decaying = ErrorFeedback.start(FeedbackMethod.EF14_DECAY, 2);
        send(decaying, 0.5, 3, 2);
        assertThat(decaying.vectors().get(0)).containsExactly(0, 2);
        Staged second = decaying.stage(gradient(1, 2), 0.75, TOP_1, 0);
        assertThat(second.delta().toDense()).containsExactly(0, 3.5);
        decaying.commit(second);
        assertThat(decaying.vectors().get(0)).containsExactly(1, 0);
        send(decaying, 0.25, -5, 1);
        assertThat(decaying.vectors().get(0)).containsExactly(0, 1);
    }

    @Test
    void aDecayOfOneIsEf14() {
        assertSame(FeedbackMethod.EF14_DECAY, FeedbackMethod.EF14, 0.5);
    }

    @Test
    void withoutFeedbackEachMessageIsIndependent() {
        ErrorFeedback none = ErrorFeedback.start(FeedbackMethod.NONE, 2);
        send(none, 1, 3, 2);
        assertThat(none.stage(gradient(1, 2), 1, TOP_1, 0).delta().toDense()).containsExactly(0, 2);
        assertThat(none.vectors()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aMessageThatIsNotCommittedChangesNothing(FeedbackMethod method) {
        ErrorFeedback withRefusal = ErrorFeedback.start(method, 2);
        ErrorFeedback undisturbed = ErrorFeedback.start(method, 2);
        send(withRefusal, 0.5, 3, 2);
        send(undisturbed, 0.5, 3, 2);
        stage(withRefusal, 0.5, -50, 70);
        double[] next = stage(withRefusal, 0.5, 1, 7).delta().toDense();
        assertThat(next).containsExactly(stage(undisturbed, 0.5, 1, 7).delta().toDense());
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aGradientsArrayIsFreeForTheNextGradientAfterTheCommit(FeedbackMethod method) {
        ErrorFeedback withOneArray = ErrorFeedback.start(method, 2);
        ErrorFeedback withNewArrays = ErrorFeedback.start(method, 2);
        double[] array = new double[2];
        SplitMix64 random = new SplitMix64(7);
        for (int round = 0; round < 4; round++) {
            array[0] = random.nextDouble();
            array[1] = random.nextDouble();
            Staged expected = stage(withNewArrays, 0.25, array.clone());
            Staged found = stage(withOneArray, 0.25, array);
            assertThat(found.delta().toDense()).containsExactly(expected.delta().toDense());
            withNewArrays.commit(expected);
            withOneArray.commit(found);
        }
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aRestoredStateAndStagedMessageGiveTheSameBits(FeedbackMethod method) {
        ErrorFeedback original = ErrorFeedback.start(method, 2);
        send(original, 0.5, 3, 2);
        List<double[]> kept = new ArrayList<>();
        original.vectors().forEach(vector -> kept.add(vector.clone()));
        Staged staged = stage(original, 0.5, 1, 7);

        ErrorFeedback restored = ErrorFeedback.restore(method, 2, kept);
        restored.commit(new Staged(
                staged.delta(), staged.carry().stream().map(double[]::clone).toList()));
        original.commit(staged);

        assertThat(restored.vectors()).hasSameSizeAs(original.vectors());
        for (int i = 0; i < original.vectors().size(); i++) {
            assertThat(restored.vectors().get(i))
                    .containsExactly(original.vectors().get(i));
        }
        assertThat(restored.method()).isEqualTo(method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"top-k:3", "rand-k:3", "top-k:3+natural", "sign", "block-top-k:4:1+bf16"})
    void errorFeedbackOnAFixedGradientConverges(String text) {
        int dimension = 20;
        Compressor compressor = compressor(text, dimension);
        SplitMix64 random = new SplitMix64(1);
        double[] target = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            target[j] = random.nextDouble() * 10 - 5;
        }
        ErrorFeedback ef21 = ErrorFeedback.start(FeedbackMethod.EF21, dimension);
        for (int round = 0; round < 400; round++) {
            ef21.commit(ef21.stage(target.clone(), 1, compressor, round));
        }
        double[] error = target.clone();
        double[] g = ef21.vectors().get(0);
        for (int j = 0; j < dimension; j++) {
            error[j] -= g[j];
        }
        assertThat(Norm.l2(error)).isCloseTo(0, within(1e-5 * Norm.l2(target)));
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21", "EF21_MOMENTUM", "EF14", "EF14_DECAY", "NONE"})
    void aGradientOfFloatsGivesTheMessagesOfTheSameDoubles(FeedbackMethod method) {
        int d = 3000;
        for (String text : List.of(
                "identity", "top-k:20", "layer-top-k:0.01", "block-top-k:30:0.1", "rand-k:0.1", "threshold:0.5")) {
            Compressor compressor = CompressorSpec.parse(text).bind(TensorLayout.flat(d));
            ErrorFeedback doubles = ErrorFeedback.start(method, d);
            ErrorFeedback floats = ErrorFeedback.start(method, d);
            for (int round = 0; round < 4; round++) {
                float[] gradient = new float[d];
                double[] same = new double[d];
                for (int j = 0; j < d; j++) {
                    gradient[j] = (float) Math.sin(j * (round + 1.3));
                    same[j] = gradient[j];
                }
                float[] before = gradient.clone();
                Staged expected = doubles.stage(same, 0.5, compressor, round);
                Staged staged = floats.stage(gradient, 0.5, compressor, round);
                assertThat(staged.delta().toDense())
                        .as(text)
                        .isEqualTo(expected.delta().toDense());
                assertThat(staged.carry()).usingRecursiveComparison().isEqualTo(expected.carry());
                assertThat(gradient).isEqualTo(before);
                doubles.commit(expected);
                floats.commit(staged);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aNonFiniteGradientIsRefusedWithItsIndex(FeedbackMethod method) {
        ErrorFeedback feedback = ErrorFeedback.start(method, 2);
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> stage(feedback, 1, 1, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("value 1 is " + bad);
        }
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aGradientOfAnotherLengthIsRefused(FeedbackMethod method) {
        ErrorFeedback feedback = ErrorFeedback.start(method, 2);
        assertThatThrownBy(() -> stage(feedback, 1, 1, 2, 3))
                .hasMessage("the gradient has 3 values, expected the model's 2");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.5, 1.5, Double.NaN})
    void aMomentumOutsideItsRangeIsRefused(double eta) {
        for (FeedbackMethod method : FeedbackMethod.values()) {
            if (method.hasMomentum() || method == FeedbackMethod.EF14_DECAY) {
                ErrorFeedback momentum = ErrorFeedback.start(method, 2);
                assertThatThrownBy(() -> stage(momentum, eta, 1, 2)).hasMessageContaining("eta is " + eta);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void aStateOfAnotherMethodIsRefused(FeedbackMethod method) {
        List<double[]> four = List.of(new double[2], new double[2], new double[2], new double[2]);
        assertThatThrownBy(() -> ErrorFeedback.restore(method, 2, four)).hasMessageContaining("another method");
        List<double[]> tooLong = List.of(new double[3]);
        assertThatThrownBy(() -> ErrorFeedback.restore(method, 2, tooLong)).hasMessageContaining("3 values");
        if (method != FeedbackMethod.NONE) {
            assertThatThrownBy(() -> ErrorFeedback.restore(method, 2, List.of()))
                    .hasMessageContaining("another method");
        }
    }

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void everyMethodIsParsedFromItsName(FeedbackMethod method) {
        assertThat(FeedbackMethod.parse(method.text())).isEqualTo(method);
        assertThat(method.retainsSum()).isEqualTo(method.text().startsWith("ef21"));
    }

    @Test
    void anUnknownNameIsRefusedAndTheKnownOnesAreListed() {
        assertThatThrownBy(() -> FeedbackMethod.parse("ef22"))
                .hasMessage("'ef22' is not an error feedback method: expected one of ef21, ef21-momentum, "
                        + "ef21-igt, ef21-storm, ef14, ef14-decay, none");
    }
}
