package io.evenkeel.trial.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.learn.NormalNumbers;
import io.evenkeel.trial.source.LogisticGenerator;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import io.evenkeel.trial.split.Division;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LossesTest {

    private static final Regularizer NONE = new Regularizer(Regularizer.Kind.NONE, 0);
    private static final Regularizer L2 = new Regularizer(Regularizer.Kind.L2, 0.3);
    private static final Regularizer NONCONVEX = new Regularizer(Regularizer.Kind.NONCONVEX, 0.2);
    private static final Labelled DRAWN = LogisticGenerator.draw(3, 20, 6, 1, 4);

    private static Sharded sharded(Labelled data) {
        return new Sharded(data, Division.contiguous(data.size(), 3));
    }

    private static Labelled threeClasses() {
        double[] labels = new double[DRAWN.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 3;
        }
        return DRAWN.withLabels(labels);
    }

    static Stream<ClientLosses> losses() {
        Labelled classes = threeClasses();
        double[] labels = classes.distinctLabels();
        return Stream.of(
                new LogisticLoss(sharded(DRAWN), NONE),
                new LogisticLoss(sharded(DRAWN), L2),
                new LogisticLoss(sharded(DRAWN), NONCONVEX),
                new SoftmaxLoss(sharded(classes), labels, NONCONVEX),
                new LeastSquaresLoss(sharded(classes), NONE),
                new LeastSquaresLoss(sharded(classes), L2),
                new PerceptronLoss(sharded(classes), labels, 5, L2),
                new PolynomialLoss(4, 4, 8),
                new QuadraticLoss(3, 7, 50, 1, 2));
    }

    private static double[] somewhere(int dimension, long seed) {
        NormalNumbers normal = new NormalNumbers(seed);
        double[] x = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            x[j] = normal.next();
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void haveTheGradientsThatFiniteDifferencesFind(ClientLosses losses) {
        Worker worker = losses.worker();
        int d = losses.layout().dimension();
        double[] x = somewhere(d, 5);
        double[] gradient = new double[d];
        double[] scratch = new double[d];
        int[] batch = losses.samples(0) > 1 ? new int[] {1, 4, 5} : null;
        for (int client = 0; client < losses.clients(); client++) {
            for (int[] samples : new int[][] {null, batch}) {
                worker.gradient(client, x, samples, gradient);
                for (int j = 0; j < d; j++) {
                    double held = x[j];
                    double step = 1e-6;
                    x[j] = held + step;
                    double above = worker.gradient(client, x, samples, scratch);
                    x[j] = held - step;
                    double below = worker.gradient(client, x, samples, scratch);
                    x[j] = held;
                    assertThat(gradient[j]).isCloseTo((above - below) / (2 * step), within(2e-8));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void areNowhereRougherThanTheirSmoothnessSays(ClientLosses losses) {
        if (losses.smoothness().isEmpty() || losses instanceof PolynomialLoss) {
            return;
        }
        Smoothness smoothness = losses.smoothness().get();
        double steepest = 0;
        SplitMix64 random = new SplitMix64(8);
        for (int trial = 0; trial < 200; trial++) {
            double[] x = somewhere(losses.layout().dimension(), random.next());
            double[] y = x.clone();
            double scale = 0.01 * random.nextDouble();
            double[] towards = somewhere(x.length, random.next());
            for (int j = 0; j < x.length; j++) {
                x[j] *= 0.1;
                y[j] = x[j] + scale * towards[j];
            }
            steepest = Math.max(steepest, Norm.l2(minus(mean(losses, x), mean(losses, y))) / Norm.l2(minus(x, y)));
        }
        assertThat(steepest).isLessThan(smoothness.mean() * (1 + 1e-9));
        assertThat(smoothness.meanSquare()).isGreaterThanOrEqualTo(smoothness.mean());
    }

    private static double[] mean(ClientLosses losses, double[] x) {
        double[] sum = new double[x.length];
        double[] gradient = new double[x.length];
        for (int client = 0; client < losses.clients(); client++) {
            losses.worker().gradient(client, x, null, gradient);
            for (int j = 0; j < x.length; j++) {
                sum[j] += gradient[j] / losses.clients();
            }
        }
        return sum;
    }

    private static double[] minus(double[] x, double[] y) {
        double[] difference = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            difference[j] = x[j] - y[j];
        }
        return difference;
    }

    @Test
    void computesTheLogisticLossByHand() {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        rows.add(0, 1);
        rows.add(2, 2);
        rows.endRow();
        rows.add(1, 3);
        rows.endRow();
        Labelled data = new Labelled(rows.build(3), new double[] {5, 2}, null);
        ClientLosses losses = new LogisticLoss(new Sharded(data, Division.contiguous(2, 1)), L2);
        double[] x = {1, -1, 0.5};
        double[] gradient = new double[3];
        // Margins 2 and 3.
        double expected = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-3))) / 2 + 0.15 * 2.25;
        assertThat(losses.worker().gradient(0, x, null, gradient)).isCloseTo(expected, within(1e-15));
        double p = 1 / (1 + Math.exp(2)) / 2;
        double q = 1 / (1 + Math.exp(3)) / 2;
        assertThat(gradient).containsExactly(new double[] {-p + 0.3, 3 * q - 0.3, -2 * p + 0.15}, within(1e-15));
    }

    @Test
    void staysFiniteWhereTheExponentialOverflows() {
        double[] x = somewhere(6, 1);
        double[] far = x.clone();
        for (int j = 0; j < far.length; j++) {
            far[j] *= 1e6;
        }
        double[] gradient = new double[6];
        double loss = new LogisticLoss(sharded(DRAWN), NONE).worker().gradient(0, far, null, gradient);
        assertThat(loss).isFinite().isGreaterThan(1000);
        assertThat(Norm.l2(gradient)).isFinite().isLessThan(10);
    }

    @Test
    void knowsTheConstantsOfThePapersPolynomial() {
        assertThat(new PolynomialLoss(4, 4, 1).lambda()).isCloseTo(0.054, within(5e-4));
        assertThat(new PolynomialLoss(4, 4, 4).lambda()).isCloseTo(0.615, within(5e-4));
        assertThat(new PolynomialLoss(4, 4, 8).lambda()).isCloseTo(1.28, within(5e-3));
    }

    @Test
    void namesTheLabelsThatALossNeeds() {
        assertThatThrownBy(() -> new LogisticLoss(sharded(threeClasses()), NONE))
                .hasMessageContaining("exactly 2 different labels, but there are 3 (0, 1, 2)")
                .hasMessageContaining("use the softmax loss");
        assertThatThrownBy(() -> new SoftmaxLoss(sharded(DRAWN), new double[] {1}, NONE))
                .hasMessageContaining("2 to 1000 different labels");
    }

    @Test
    void measuresRegressionsByTheirShareOfTheVarianceExplained() {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        for (int i = 1; i <= 4; i++) {
            rows.add(0, i);
            rows.endRow();
        }
        Labelled line = new Labelled(rows.build(1), new double[] {2, 4, 6, 8}, null);
        assertThat(HeldOut.leastSquares(line).of(new double[] {2})).isEqualTo(1);
        // The squared errors 1, 4, 9 and 16 sum to 30; with the mean, 5, as the prediction, they sum to 20.
        assertThat(HeldOut.leastSquares(line).of(new double[] {1})).isEqualTo(-0.5);
        Labelled flat = line.withLabels(new double[] {3, 3, 3, 3});
        assertThat(HeldOut.leastSquares(flat).of(new double[] {1})).isEqualTo(0);
    }

    @Test
    void refusesARegressionOfLabelsThatAreAllTheSame() {
        Labelled flat = DRAWN.withLabels(new double[DRAWN.size()]);
        assertThatThrownBy(() -> new LeastSquaresLoss(sharded(flat), NONE))
                .hasMessageContaining("all labels are 0, so there is nothing to predict");
    }
}
