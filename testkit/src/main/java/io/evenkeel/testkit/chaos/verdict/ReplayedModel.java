package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import org.jspecify.annotations.Nullable;

/** Computes a run's model without a coordinator. Not thread-safe. */
abstract class ReplayedModel {

    final ChaosSettings settings;
    final History history;
    final Preset preset;
    final TensorLayout layout;
    final ModelState state;
    final Schedule eta = Schedule.parse(ChaosSettings.ETA);
    private final Schedule gamma = Schedule.parse(ChaosSettings.GAMMA);
    private final @Nullable DeviceModel devices;

    ReplayedModel(ChaosSettings settings, History history) {
        this.settings = settings;
        this.history = history;
        this.preset = settings.algorithm();
        this.layout = TensorLayout.flat(settings.dimension());
        this.state = ModelState.start(layout, preset.step(), new double[settings.dimension()], true);
        String downlink = settings.downlink();
        this.devices = downlink == null
                ? null
                : DeviceModel.start(DeviceModel.compressor(downlink, layout), settings.seed(), state.x());
    }

    /** Takes the step of a round, given the total weight of its members. */
    final void step(int round, double weight) {
        state.step(StepInput.of(weight, gamma.at(round, settings.rounds() - 1)));
        if (devices != null) {
            devices.follow(state.x(), round);
        }
    }

    /** Returns the model, not copied. */
    final double[] x() {
        return state.x();
    }

    /** Returns the model that devices have, not copied. */
    final double[] devicesModel() {
        return devices == null ? state.x() : devices.w();
    }

    /** Returns the sum S, not copied. */
    final double[] sum() {
        return state.sum();
    }
}
