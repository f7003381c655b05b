package io.evenkeel.coordinator.world;

import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes what a run must come to, from the receipts and without any fault: each device's messages from the models, the
 * sums and the steps. Not thread-safe.
 */
final class WorldReplay {

    private final WorldRun run;
    private final Acceptances acceptances;
    private final Weights weights;
    private final Schedule gamma = Schedule.parse(WorldRun.GAMMA);
    private final Schedule eta = Schedule.parse(WorldRun.ETA);
    private final Compressor compressor;
    private final ModelState state;
    private final List<ErrorFeedback> feedbacks = new ArrayList<>();
    private final List<double[]> memories = new ArrayList<>();
    private final int[] recoveries;
    private final boolean[] hasSent;
    private final List<double[]> models = new ArrayList<>();

    WorldReplay(WorldRun run, Acceptances acceptances, Weights weights) {
        this.run = run;
        this.acceptances = acceptances;
        this.weights = weights;
        TensorLayout layout = TensorLayout.flat(WorldRun.DIMENSION);
        this.compressor = CompressorSpec.parse(run.compressor()).bind(layout);
        this.state = ModelState.start(layout, preset().step(), new double[WorldRun.DIMENSION], true);
        for (int i = 0; i < run.devices(); i++) {
            feedbacks.add(ErrorFeedback.start(preset().feedback(), WorldRun.DIMENSION));
            memories.add(new double[WorldRun.DIMENSION]);
        }
        this.recoveries = new int[run.devices()];
        this.hasSent = new boolean[run.devices()];
    }

    private Preset preset() {
        return Preset.parse(run.algorithm());
    }

    /**
     * Returns the model after the last round.
     *
     * @throws AssertionError if a device's message is not what follows from the models and its messages before
     */
    double[] model() {
        for (int k = 0; k < run.rounds(); k++) {
            models.add(state.x().clone());
            for (Acceptances.Accepted accepted : acceptances.of(k)) {
                add(accepted);
            }
            state.step(StepInput.of(settle(k), gamma.at(k, run.rounds() - 1)));
            state.beginRound();
        }
        return state.x();
    }

    /** Applies the devices' new weights once a round is closed, and returns their sum. */
    private double settle(int round) {
        double sum = 0;
        for (int device = 0; device < run.devices(); device++) {
            double next = weights.of(device, round + 1);
            double change = next - weights.of(device, round);
            if (change != 0 && hasSent[device]) {
                state.add(memories.get(device), change);
            }
            sum += next;
        }
        return sum;
    }

    private void add(Acceptances.Accepted accepted) {
        Message sent = accepted.message();
        recover(accepted);
        Staged expected = staged(accepted.device(), accepted.round());
        byte[] bytes = new Message(sent.sequence(), sent.previous(), sent.report(), expected.delta()).encode();
        if (!Arrays.equals(bytes, sent.encode())) {
            throw new AssertionError(accepted + " is " + sent.delta() + ", and would be " + expected.delta()
                    + " from the model and the device's accepted messages");
        }
        feedbacks.get(accepted.device()).commit(expected);
        sent.delta().addTo(memories.get(accepted.device()), 1);
        hasSent[accepted.device()] = true;
        state.add(sent.delta(), weights.of(accepted.device(), accepted.includedIn()));
    }

    /** A device that recovered has of its state what the coordinator has: g_i. */
    private void recover(Acceptances.Accepted accepted) {
        int device = accepted.device();
        if (recoveries[device] != accepted.recoveries()) {
            recoveries[device] = accepted.recoveries();
            feedbacks.set(
                    device,
                    ErrorFeedback.restore(
                            preset().feedback(),
                            WorldRun.DIMENSION,
                            List.of(memories.get(device).clone())));
        }
    }

    private Staged staged(int device, int round) {
        ErrorFeedback feedback = feedbacks.get(device);
        double[] model = models.get(round);
        double momentum = eta.at(round, run.rounds() - 1);
        double[] second = feedback.secondPoint();
        return feedback.stage(
                model,
                TestDevice.gradient(feedback.point(model, momentum), device),
                second == null ? null : TestDevice.gradient(second, device),
                momentum,
                compressor,
                SplitMix64.derive(SplitMix64.derive(run.seed(), device), round));
    }
}
