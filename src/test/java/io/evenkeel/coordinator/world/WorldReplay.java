package io.evenkeel.coordinator.world;

import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.step.MemberLosses;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable DeviceModel devices;
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
        this.state = ModelState.start(layout, run.preset().step(), new double[WorldRun.DIMENSION], true);
        this.devices = run.downlink() == null
                ? null
                : DeviceModel.start(DeviceModel.compressor(run.downlink(), layout), run.seed(), state.x());
    }

    /**
     * Returns the devices' model after the last round.
     *
     * @throws AssertionError if a device's message does not follow from the models and its earlier messages
     */
    double[] model() {
        for (int k = 0; k < run.rounds(); k++) {
            models.add(devicesModel().clone());
            Slopes slopes = new Slopes();
            Slopes changes = new Slopes();
            for (Acceptances.Accepted accepted : acceptances.of(k)) {
                add(accepted);
                add(accepted, Report.SLOPE, slopes);
                add(accepted, Report.SLOPE_CHANGE, changes);
            }
            double weight = settle(k);
            state.step(new StepInput(
                    weight,
                    gamma.at(k, run.rounds() - 1),
                    Double.NaN,
                    MemberLosses.NONE,
                    0,
                    slopes.mean(),
                    changes.mean()));
            if (devices != null) {
                state.followed(devices.follow(state.x(), k), devices.w());
            }
            state.beginRound();
        }
        return devicesModel();
    }

    private double[] devicesModel() {
        return devices == null ? state.x() : devices.w();
    }

    private void add(Acceptances.Accepted accepted, String name, Slopes slopes) {
        Double reported = accepted.message().report().metrics().get(name);
        if (reported != null) {
            slopes.add(reported, memberships.of(accepted.ordinal()).weight(accepted.includedIn()));
        }
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
                first -> new Sender(
                        ErrorFeedback.start(run.preset().feedback(), WorldRun.DIMENSION), member.recoveries()));
        if (sender.recoveries != accepted.recoveries()) {
            // A recovered device has only g_i, which it got from the coordinator.
            sender.recoveries = accepted.recoveries();
            sender.feedback =
                    ErrorFeedback.restore(run.preset().feedback(), WorldRun.DIMENSION, List.of(sender.memory.clone()));
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
