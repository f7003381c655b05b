package io.evenkeel.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.learn.NormalNumbers;
import io.evenkeel.trial.loss.ClientLosses;
import io.evenkeel.trial.loss.NetworkEngine;
import io.evenkeel.trial.loss.NetworkEngines;
import io.evenkeel.trial.loss.Regularizer;
import io.evenkeel.trial.loss.Sharded;
import io.evenkeel.trial.loss.Worker;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import io.evenkeel.trial.split.Division;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PyTorchEngineTest {

    private static final double[] LABELS = {0, 1};
    private static final Regularizer NONE = new Regularizer(Regularizer.Kind.NONE, 0);
    private static final int SIDE = 8;

    private final NetworkEngine engine = NetworkEngines.get();

    /** Images that are bright on the left or on the right, with noise. */
    private static Labelled images(int count, int pixels) {
        NormalNumbers normal = new NormalNumbers(5);
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        double[] labels = new double[count];
        for (int i = 0; i < count; i++) {
            labels[i] = LABELS[i % 2];
            for (int j = 0; j < pixels; j++) {
                boolean left = j % SIDE < SIDE / 2;
                rows.add(j, (float) ((left == (i % 2 == 0) ? 0.8 : 0.2) + 0.1 * normal.next()));
            }
            rows.endRow();
        }
        return new Labelled(rows.build(pixels), labels, null);
    }

    private ClientLosses losses(Regularizer regularizer) {
        Labelled data = images(24, SIDE * SIDE);
        return engine.losses("resnet-8", new Sharded(data, Division.contiguous(24, 2)), LABELS, regularizer);
    }

    @Test
    void hasAsManyParametersAsPublished() {
        assertThat(ResNet.parse("resnet-20", new Shape(3, 32, 32), 10).layout().dimension())
                .isEqualTo(269_722);
    }

    @Test
    void computesTheGradientOfItsLoss() {
        ClientLosses losses = losses(NONE);
        Worker worker = losses.worker();
        double[] x = losses.suggestedStart(1).orElseThrow();
        double[] gradient = new double[x.length];
        worker.gradient(0, x, null, gradient);
        double norm = Norm.l2(gradient);
        double step = 1e-2 / norm;
        double[] ahead = x.clone();
        double[] behind = x.clone();
        for (int j = 0; j < x.length; j++) {
            ahead[j] += step * gradient[j];
            behind[j] -= step * gradient[j];
        }
        double[] unused = new double[x.length];
        double slope = (worker.gradient(0, ahead, null, unused) - worker.gradient(0, behind, null, unused))
                / (2 * step * norm);
        assertThat(slope).isCloseTo(norm, within(0.03 * norm));
    }

    @Test
    void givesTheSameBitsEachTime() {
        ClientLosses losses = losses(NONE);
        double[] x = losses.suggestedStart(1).orElseThrow();
        double[] first = new double[x.length];
        double[] second = new double[x.length];
        double loss = losses.worker().gradient(1, x, new int[] {1, 4, 7}, first);
        assertThat(losses.worker().gradient(1, x, new int[] {1, 4, 7}, second)).isEqualTo(loss);
        assertThat(second).isEqualTo(first);
        assertThat(losses.suggestedStart(2).orElseThrow()).isNotEqualTo(x);
    }

    @Test
    void computesOnSeveralThreadsAtOnceWhatItComputesOnOne() throws Exception {
        ClientLosses losses = losses(NONE);
        double[] x = losses.suggestedStart(1).orElseThrow();
        double[] alone = new double[x.length];
        losses.worker().gradient(0, x, null, alone);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            Callable<double[]> same = () -> {
                double[] gradient = new double[x.length];
                losses.worker().gradient(0, x, null, gradient);
                return gradient;
            };
            for (Future<double[]> other : pool.invokeAll(Collections.nCopies(12, same))) {
                assertThat(other.get()).isEqualTo(alone);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void learnsAndIsMeasured() {
        ClientLosses losses = losses(NONE);
        Worker worker = losses.worker();
        double[] x = losses.suggestedStart(1).orElseThrow();
        double[] gradient = new double[x.length];
        double first = worker.gradient(0, x, null, gradient);
        for (int step = 0; step < 30; step++) {
            worker.gradient(step % 2, x, null, gradient);
            for (int j = 0; j < x.length; j++) {
                x[j] -= 0.1 * gradient[j];
            }
        }
        assertThat(worker.gradient(0, x, null, gradient)).isLessThan(first / 4);
        assertThat(engine.heldOut("resnet-8", images(24, SIDE * SIDE), LABELS).of(x))
                .isEqualTo(1);
    }

    @Test
    void addsTheRegularizer() {
        double[] x = losses(NONE).suggestedStart(1).orElseThrow();
        double[] bare = new double[x.length];
        double[] regularized = new double[x.length];
        double loss = losses(NONE).worker().gradient(0, x, null, bare);
        double more = losses(new Regularizer(Regularizer.Kind.L2, 0.5)).worker().gradient(0, x, null, regularized);
        double norm = Norm.l2(x);
        assertThat(more - loss).isCloseTo(0.25 * norm * norm, within(1e-6 * norm * norm));
        assertThat(regularized[0] - bare[0]).isCloseTo(0.5 * x[0], within(1e-12));
    }

    @Test
    void averagesImagesFirstIfAsked() {
        Labelled data = images(24, 16 * 16);
        ClientLosses halved = engine.losses("resnet-8/2", new Sharded(data, Division.contiguous(24, 1)), LABELS, NONE);
        double[] x = halved.suggestedStart(1).orElseThrow();
        assertThat(halved.worker().gradient(0, x, null, new double[x.length]))
                .isFinite()
                .isPositive();
        assertThat(halved.layout()).isEqualTo(losses(NONE).layout());
    }

    @Test
    void refusesWhatAreNoImages() {
        assertThatThrownBy(() -> engine.heldOut("resnet-8", images(4, 65), LABELS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the samples have 65 features, which is no square image");
        assertThatThrownBy(() -> engine.heldOut("resnet-8", images(4, 9), LABELS))
                .hasMessageContaining("at least 4 pixels a side, these have 3");
        assertThatThrownBy(() -> engine.heldOut("resnet-9", images(4, 64), LABELS))
                .hasMessageContaining("'resnet-9' is no network");
    }
}
