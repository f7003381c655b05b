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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes the expected result of a run from its receipts, as if there had been no faults: each device's messages, the
 * sums and the steps. Not thread-safe.
 */
final class WorldReplay {

    private final WorldRun run;
    private final Acceptances acceptances;
    private final Memberships memberships;
    private final List<StoredRun.Period> periods;
    private final Schedule gamma = Schedule.parse(WorldRun.GAMMA);
    private final Schedule eta = Schedule.parse(WorldRun.ETA);
    private final Compressor compressor;
    private final ModelState state;
    private final Map<Integer, Sender> senders = new HashMap<>();
    private final List<double[]> models = new ArrayList<>();

    /** A member that has sent messages, with its state on the device and at the coordinator. */
    private static final class Sender {

        private final double[] memory = new double[WorldRun.DIMENSION];
        private ErrorFeedback feedback;
        private int recoveries;

        Sender(ErrorFeedback feedback, int recoveries) {
            this.feedback = feedback;
            this.recoveries = recoveries;
        }
    }

    WorldReplay(WorldRun run, Acceptances acceptances, Memberships memberships, List<StoredRun.Period> periods) {
        this.run = run;
        this.acceptances = acceptances;
        this.memberships = memberships;
        this.periods = periods;
        TensorLayout layout = TensorLayout.flat(WorldRun.DIMENSION);
        this.compressor = CompressorSpec.parse(run.compressor()).bind(layout);
        this.state = ModelState.start(layout, preset().step(), new double[WorldRun.DIMENSION], true);
    }

    private Preset preset() {
        return Preset.parse(run.algorithm());
    }

    /**
     * Returns the model after the last round.
     *
     * @throws AssertionError if a device's message does not follow from the models and its earlier messages
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

    /** Removes the members that leave after a round, applies the new weights, and returns their sum. */
    private double settle(int round) {
        double sum = 0;
        for (StoredRun.Period period : periods) {
            if (period.has(round)) {
                Memberships.Membership member = memberships.of(period.ordinal());
                double next = period.to() == round ? 0 : member.weight(round + 1);
                Sender sender = senders.get(period.ordinal());
                if (sender != null && next != member.weight(round)) {
                    state.add(sender.memory, next - member.weight(round));
                }
                sum += next;
            }
        }
        return sum;
    }

    private void add(Acceptances.Accepted accepted) {
        Message sent = accepted.message();
        Memberships.Membership member = memberships.of(accepted.ordinal());
        Sender sender = senders.computeIfAbsent(
                accepted.ordinal(),
                first -> new Sender(ErrorFeedback.start(preset().feedback(), WorldRun.DIMENSION), member.recoveries()));
        if (sender.recoveries != accepted.recoveries()) {
            // A recovered device has only g_i, which it got from the coordinator.
            sender.recoveries = accepted.recoveries();
            sender.feedback =
                    ErrorFeedback.restore(preset().feedback(), WorldRun.DIMENSION, List.of(sender.memory.clone()));
        }
        Staged expected = staged(sender.feedback, member.device(), accepted);
        byte[] bytes = new Message(sent.sequence(), sent.previous(), sent.report(), expected.delta()).encode();
        if (!Arrays.equals(bytes, sent.encode())) {
            throw new AssertionError(accepted + " is " + sent.delta() + ", and would be " + expected.delta()
                    + " from the model and the device's accepted messages");
        }
        sender.feedback.commit(expected);
        sent.delta().addTo(sender.memory, 1);
        state.add(sent.delta(), member.weight(accepted.includedIn()));
    }

    private Staged staged(ErrorFeedback feedback, int device, Acceptances.Accepted accepted) {
        double[] model = models.get(accepted.round());
        double momentum = eta.at(accepted.round(), run.rounds() - 1);
        double[] second = feedback.secondPoint();
        return feedback.stage(
                model,
                TestDevice.gradient(feedback.point(model, momentum), device),
                second == null ? null : TestDevice.gradient(second, device),
                momentum,
                compressor,
                SplitMix64.derive(SplitMix64.derive(run.seed(), accepted.ordinal()), accepted.round()));
    }
}
