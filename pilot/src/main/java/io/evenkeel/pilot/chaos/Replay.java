package io.evenkeel.pilot.chaos;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;

/** The run's mathematics with neither network nor disk: what must come out. Not thread-safe. */
final class Replay {

    private final ChaosSettings settings;
    private final TensorLayout layout;
    private final ModelState state;
    private final Preset preset = Preset.parse(ChaosSettings.ALGORITHM);
    private final Schedule gamma = Schedule.parse(ChaosSettings.GAMMA);
    private final double fleetWeight;
    private int round;

    Replay(ChaosSettings settings) {
        this.settings = settings;
        this.layout = TensorLayout.flat(settings.dimension());
        this.state =
                new ModelState(layout, new double[settings.dimension()], new double[settings.dimension()], true, 0);
        double weight = 0;
        for (int device = 0; device < settings.devices(); device++) {
            weight += ChaosSettings.weight(device);
        }
        this.fleetWeight = weight;
    }

    /** Adds a message to the open round; in the order of the devices, and of each one's messages. */
    void add(int device, CompressedVector delta) {
        state.add(delta, ChaosSettings.weight(device));
    }

    /** Closes the round. */
    void close() {
        state.step(preset.step(), fleetWeight, gamma.at(round, settings.rounds() - 1));
        round++;
        state.beginRound();
    }

    /** Returns the model, live. */
    double[] x() {
        return state.x();
    }

    /** Returns the sum S, live. */
    double[] sum() {
        return state.sum();
    }

    /** Trains with all devices in all rounds, and returns the model. */
    static double[] undisturbed(ChaosSettings settings) {
        Replay run = new Replay(settings);
        Compressor compressor = CompressorSpec.parse(settings.compressor()).bind(run.layout);
        Schedule eta = Schedule.parse(ChaosSettings.ETA);
        List<Bowl> bowls = new ArrayList<>();
        List<ErrorFeedback> feedbacks = new ArrayList<>();
        for (int device = 0; device < settings.devices(); device++) {
            bowls.add(new Bowl(device, settings.dimension()));
            feedbacks.add(ErrorFeedback.start(run.preset.feedback(), settings.dimension()));
        }
        for (int k = 0; k < settings.rounds(); k++) {
            double[] model = run.x().clone();
            for (int device = 0; device < settings.devices(); device++) {
                long seed = SplitMix64.derive(SplitMix64.derive(settings.seed(), device), k);
                double[] gradient = bowls.get(device).gradient(asSent(model));
                Staged staged =
                        feedbacks.get(device).stage(gradient, eta.at(k, settings.rounds() - 1), compressor, seed);
                feedbacks.get(device).commit(staged);
                run.add(device, staged.delta());
            }
            run.close();
        }
        return run.x();
    }

    /** Models travel as float32. */
    private static double[] asSent(double[] model) {
        double[] sent = new double[model.length];
        for (int j = 0; j < sent.length; j++) {
            sent[j] = (float) model[j];
        }
        return sent;
    }
}
