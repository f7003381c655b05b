package io.evenkeel.trial.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.data.Minibatch;
import io.evenkeel.trial.data.Samples;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerceptronTest {

    private static final Samples TRAIN = Digits.load().train();

    @Test
    void namesItsTensors() {
        Perceptron perceptron = new Perceptron(64, 128, 10);
        assertThat(perceptron.layout().dimension()).isEqualTo(9610);
        assertThat(perceptron.layout().tensors())
                .containsExactly(
                        new Tensor("w1", List.of(64, 128)),
                        new Tensor("b1", List.of(128)),
                        new Tensor("w2", List.of(128, 10)),
                        new Tensor("b2", List.of(10)));
    }

    @Test
    void hasTheGradientThatFiniteDifferencesFind() {
        Perceptron perceptron = new Perceptron(64, 128, 10);
        double[] x = perceptron.initialModel(3);
        int[] batch = new Minibatch(TRAIN.size(), 16, 1).draw(0);
        double[] gradient = new double[x.length];
        double[] scratch = new double[x.length];
        perceptron.gradient(x, TRAIN, batch, gradient);
        SplitMix64 random = new SplitMix64(5);
        double step = 1e-6;
        for (int tensor = 0; tensor < 4; tensor++) {
            int start = perceptron.layout().start(tensor);
            int size = perceptron.layout().end(tensor) - start;
            for (int n = 0; n < 50; n++) {
                int j = start + random.next(size);
                double held = x[j];
                x[j] = held + step;
                double above = perceptron.gradient(x, TRAIN, batch, scratch);
                x[j] = held - step;
                double below = perceptron.gradient(x, TRAIN, batch, scratch);
                x[j] = held;
                assertThat(gradient[j])
                        .as(
                                "coordinate %d of %s",
                                j, perceptron.layout().tensors().get(tensor).name())
                        .isCloseTo((above - below) / (2 * step), within(1e-7));
            }
        }
    }

    @Test
    void computesALossByHand() {
        // The input 2, with weight 3 and bias 1, gives a hidden value of 7. The outputs are 7 and -7, and the class is
        // 1.
        Perceptron perceptron = new Perceptron(1, 1, 2);
        double[] x = {3, 1, 1, -1, 0, 0};
        Samples sample = new Samples(new double[] {2}, new int[] {1}, 1, 2);
        double[] gradient = new double[6];
        double loss = perceptron.gradient(x, sample, new int[] {0}, gradient);
        double p = 1 / (1 + Math.exp(-14));
        assertThat(loss).isCloseTo(14 + Math.log1p(Math.exp(-14)), within(1e-12));
        double[] byHand = {2 * 2 * p, 2 * p, 7 * p, -7 * p, p, -p};
        assertThat(gradient).containsExactly(byHand, within(1e-12));
        assertThat(perceptron.evaluate(x, sample)).isEqualTo(new Evaluation(loss, 0));
    }

    @Test
    void staysFiniteForHugeOutputs() {
        Perceptron perceptron = new Perceptron(1, 1, 2);
        double[] x = {1e150, 0, 1e150, -1e150, 0, 0};
        Samples sample = new Samples(new double[] {1}, new int[] {0}, 1, 2);
        double[] gradient = new double[6];
        assertThat(perceptron.gradient(x, sample, new int[] {0}, gradient)).isZero();
        assertThat(gradient).containsOnly(0.0);
    }

    @Test
    void isIndependentOfEarlierCalls() {
        Perceptron perceptron = new Perceptron(64, 128, 10);
        double[] x = perceptron.initialModel(1);
        double[] first = new double[x.length];
        double[] second = new double[x.length];
        perceptron.gradient(x, TRAIN, new int[] {1, 2}, first);
        perceptron.gradient(x, TRAIN, new int[] {3}, second);
        perceptron.evaluate(x, TRAIN);
        perceptron.gradient(x, TRAIN, new int[] {1, 2}, second);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void startsFromWeightsWithHesVariance() {
        Perceptron perceptron = new Perceptron(64, 128, 10);
        double[] x = perceptron.initialModel(11);
        assertThat(variance(x, 0, 8192)).isCloseTo(2.0 / 64, within(0.002));
        assertThat(variance(x, 8320, 9600)).isCloseTo(2.0 / 128, within(0.002));
        assertThat(variance(x, 8192, 8320) + variance(x, 9600, 9610)).isZero();
        assertThat(perceptron.initialModel(11)).isEqualTo(x);
        assertThat(perceptron.initialModel(12)).isNotEqualTo(x);
    }

    private static double variance(double[] x, int from, int to) {
        double sum = 0;
        for (int j = from; j < to; j++) {
            sum += x[j] * x[j];
        }
        return sum / (to - from);
    }

    @Test
    void learnsTheDigitsByPlainDescentToTheSameBitsEverywhere() throws NoSuchAlgorithmException {
        Perceptron perceptron = new Perceptron(64, 128, 10);
        double[] x = perceptron.initialModel(1);
        double[] gradient = new double[x.length];
        Minibatch minibatch = new Minibatch(TRAIN.size(), 64, 1);
        for (int round = 0; round < 300; round++) {
            perceptron.gradient(x, TRAIN, minibatch.draw(round), gradient);
            for (int j = 0; j < x.length; j++) {
                x[j] -= 0.3 * gradient[j];
            }
        }
        assertThat(perceptron.evaluate(x, Digits.load().heldOut()).accuracy()).isGreaterThan(0.95);
        // Computed on JDK 17; JDK 25 gives the same hash.
        assertThat(hash(x)).isEqualTo("33a305b468b365935704736e3ce71daa19750e25f69cd352666974a67f4bfa54");
    }

    private static String hash(double[] x) throws NoSuchAlgorithmException {
        ByteBuffer bytes = ByteBuffer.allocate(8 * x.length);
        bytes.asDoubleBuffer().put(x);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
