package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelStateTest {

    private static final int DIMENSION = 50;
    private static final int CLIENTS = 8;
    private static final TensorLayout LAYOUT = TensorLayout.flat(DIMENSION);

    private static ModelState start(StepRule rule, boolean retained) {
        return ModelState.start(LAYOUT, rule, new double[DIMENSION], retained);
    }

    private static ModelState start(boolean retained) {
        return start(new NormalizedStep(), retained);
    }

    /** The gradient of 0.5 (1 + i) ||x - c||^2 with c drawn for the client. */
    private static double[] gradient(int client, double[] x) {
        SplitMix64 random = new SplitMix64(client);
        double[] gradient = new double[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
            gradient[j] = (1 + client) * (x[j] - (random.nextDouble() * 4 - 2));
        }
        return gradient;
    }

    @Test
    void theSumEqualsTheDevicesMemoriesAfterAThousandRoundsWithSilentClients() {
        Compressor compressor = CompressorSpec.parse("top-k:2").bind(LAYOUT);
        List<ErrorFeedback> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(ErrorFeedback.start(FeedbackMethod.EF21, DIMENSION));
        }
        ModelState server = start(true);
        SplitMix64 random = new SplitMix64(3);
        double weights = CLIENTS * (CLIENTS + 1) / 2.0;
        for (int round = 0; round < 1000; round++) {
            server.beginRound();
            double[] x = server.x().clone();
            for (int i = 0; i < CLIENTS; i++) {
                if (random.next(3) > 0) {
                    Staged staged = clients.get(i).stage(gradient(i, x), 1, compressor, round);
                    clients.get(i).commit(staged);
                    server.add(staged.delta(), 1 + i);
                }
            }
            server.step(StepInput.of(weights, 0.05));
        }
        double[] difference = server.sum().clone();
        for (int i = 0; i < CLIENTS; i++) {
            double[] g = clients.get(i).vectors().get(0);
            for (int j = 0; j < DIMENSION; j++) {
                difference[j] -= (1 + i) * g[j];
            }
        }
        assertThat(Norm.l2(difference)).isLessThanOrEqualTo(1e-12 * Norm.l2(server.sum()));
    }

    @Test
    void aMembersVectorCanBeRemovedAgain() {
        ModelState server = start(true);
        double[] g = new double[DIMENSION];
        g[3] = 2;
        server.add(g, 5);
        server.add(g, 2);
        assertThat(server.sum()[3]).isEqualTo(14);
        server.add(g, -7);
        assertThat(server.sum()).containsOnly(0);
    }

    @Test
    void addingAZeroCoordinateKeepsTheBitsOfTheSum() {
        ModelState server = start(true);
        server.sum()[4] = -0.0;
        server.add(new double[DIMENSION], 3);
        assertThat(Double.doubleToRawLongBits(server.sum()[4])).isEqualTo(Double.doubleToRawLongBits(-0.0));
    }

    @Test
    void withoutWeightNoStepIsTaken() {
        StepMemory memory = new StepMemory(new double[] {2.5});
        ModelState server = new ModelState(
                LAYOUT, new AccumulatedNormStep(), new double[DIMENSION], new double[DIMENSION], true, memory);
        server.sum()[0] = 1;
        assertThat(server.step(StepInput.of(0, 1)).isStationary()).isTrue();
        assertThat(server.x()).containsOnly(0);
        assertThat(server.memory().numbers()).containsExactly(2.5);
    }

    @Test
    void aSumThatIsNotRetainedIsResetEachRound() {
        ModelState perRound = start(false);
        ModelState retained = start(true);
        double[] g = new double[DIMENSION];
        g[0] = 1;
        for (ModelState state : List.of(perRound, retained)) {
            state.add(g, 1);
            state.beginRound();
        }
        assertThat(perRound.sum()).containsOnly(0);
        assertThat(retained.sum()[0]).isEqualTo(1);
    }

    @Test
    void aReplicaThatAppliesTheSameScaleGetsTheSameBits() {
        ModelState server = start(new AccumulatedNormStep(), true);
        double[] x = server.x().clone();
        SplitMix64 random = new SplitMix64(5);
        for (int round = 0; round < 100; round++) {
            double[] g = new double[DIMENSION];
            g[random.next(DIMENSION)] = random.nextDouble() - 0.5;
            server.add(g, 1.7);
            StepScale scale = server.step(StepInput.of(3, 0.1));
            new StepScale(scale.factor(), scale.divisors(), scale.directionNorm(), new double[0])
                    .applyTo(x, server.sum(), LAYOUT);
        }
        assertThat(x).containsExactly(server.x());
        assertThat(server.memory().numbers()[0]).isGreaterThan(0);
    }

    @Test
    void gradientDescentOnAQuadraticHalvesTheDistance() {
        ModelState server = ModelState.start(TensorLayout.flat(1), new PlainStep(), new double[] {8}, false);
        for (int round = 0; round < 3; round++) {
            server.beginRound();
            server.add(new double[] {server.x()[0]}, 1);
            server.step(StepInput.of(1, 0.5));
        }
        assertThat(server.x()[0]).isEqualTo(1, within(0.0));
    }

    @Test
    void aModelThatOverflowsIsNotFinite() {
        ModelState server = ModelState.start(TensorLayout.flat(1), new PlainStep(), new double[] {-1e308}, true);
        server.sum()[0] = 1e308;
        assertThat(server.isFinite()).isTrue();
        server.step(StepInput.of(1, 2));
        assertThat(server.isFinite()).isFalse();
    }

    @Test
    void vectorsOfAnotherLengthAreRefused() {
        assertThatThrownBy(() -> ModelState.start(LAYOUT, new PlainStep(), new double[3], true))
                .hasMessage("x has 3 values, expected 50");
        assertThatThrownBy(() -> new ModelState(
                        LAYOUT, new PlainStep(), new double[DIMENSION], new double[4], true, StepMemory.none()))
                .hasMessage("S has 4 values, expected 50");
        ModelState server = start(true);
        assertThatThrownBy(() -> server.add(new double[2], 1)).hasMessage("g_i has 2 values, expected 50");
    }
}
