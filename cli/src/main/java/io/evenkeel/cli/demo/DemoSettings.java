package io.evenkeel.cli.demo;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.data.LabelShards;
import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.learn.LocalLoss;
import io.evenkeel.trial.learn.Perceptron;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of the demonstration: everything that the final model depends on.
 *
 * @param devices the number of devices that share the training samples
 * @param rounds R
 * @param algorithm a preset
 * @param compressor the compressor of the devices' messages
 * @param gamma the step size
 * @param eta the devices' momentum, for algorithms that have one
 * @param batch samples in a minibatch, 0 for all samples of a device
 * @param missing the number of devices that miss each round
 * @param seed determines the initial model, the shares, the minibatches, and which device misses which round
 */
record DemoSettings(
        int devices,
        int rounds,
        Preset algorithm,
        CompressorSpec compressor,
        Schedule gamma,
        Schedule eta,
        int batch,
        int missing,
        long seed) {

    private static final int HIDDEN = 128;

    /** The number of shards of a device; McMahan et al. 2017 use two. */
    private static final int SHARDS_EACH = 2;

    /** The step size for normalized steps, found by trial on the digits; see trial/RATIONALE.md. */
    private static final Schedule NORMALIZED_GAMMA = new Schedule.Anytime(1, 0.5);

    /** The step size for plain steps, found in the same way. */
    private static final Schedule.Constant PLAIN_GAMMA = new Schedule.Constant(1);

    static Schedule defaultGamma(Preset algorithm) {
        StepRule rule = algorithm.step();
        if (rule instanceof PlainStep) {
            return PLAIN_GAMMA;
        }
        Schedule own = rule.defaultGamma(false);
        return own == null
                ? new Schedule.Constant(PLAIN_GAMMA.largest() / rule.gain())
                : rule instanceof NormalizedStep ? NORMALIZED_GAMMA : own;
    }

    static Perceptron perceptron() {
        return new Perceptron(Digits.WIDTH, HIDDEN, Digits.CLASSES);
    }

    long seedOf(Randomness of) {
        return SplitMix64.derive(seed, of.number);
    }

    /**
     * Creates the devices' losses; the same settings give the same losses.
     *
     * @param train the samples to distribute
     */
    List<LocalLoss> losses(Samples train) {
        int[][] shares = LabelShards.divide(train, devices, SHARDS_EACH, seedOf(Randomness.SHARES));
        List<LocalLoss> losses = new ArrayList<>();
        for (int device = 0; device < shares.length; device++) {
            long minibatches = SplitMix64.derive(seedOf(Randomness.MINIBATCHES), device);
            losses.add(new LocalLoss(perceptron(), train.subset(shares[device]), batch, minibatches));
        }
        return losses;
    }

    /** Returns the rule for which devices miss which rounds. */
    Absences absences() {
        return new Absences(devices, missing, seedOf(Randomness.ABSENCES));
    }

    /** The purposes of random numbers. Their constants are permanent: they determine the result of a seed. */
    enum Randomness {
        INITIAL_MODEL(0),
        SHARES(1),
        MINIBATCHES(2),
        ABSENCES(3);

        private final int number;

        Randomness(int number) {
            this.number = number;
        }
    }

    Map<String, Object> definition(String name, TensorLayout layout) {
        Map<String, Object> definition = new LinkedHashMap<>();
        definition.put("name", name);
        definition.put(
                "tensors", layout.tensors().stream().map(DemoSettings::tensor).toList());
        definition.put("algorithm", algorithm.text());
        definition.put("compressor", compressor.toString());
        definition.put("gamma", gamma.toString());
        definition.put("eta", eta.toString());
        definition.put("rounds", rounds);
        definition.put("seed", seed);
        int answering = absences().answering();
        definition.put("participants", Map.of("min", answering, "max", answering));
        definition.put("time", Map.of("min", "0s", "max", "60s"));
        definition.put("initialModel", "uploaded");
        return definition;
    }

    private static Map<String, Object> tensor(Tensor tensor) {
        return Map.of("name", tensor.name(), "shape", List.copyOf(tensor.shape()));
    }
}
