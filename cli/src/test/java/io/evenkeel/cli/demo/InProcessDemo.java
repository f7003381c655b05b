package io.evenkeel.cli.demo;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.learn.LocalLoss;
import io.evenkeel.trial.learn.Perceptron;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalDouble;

/** The demonstration without a coordinator or a network. */
record InProcessDemo(double accuracy, String modelHash, long uplinkBytes) {

    static DemoSettings settings(int devices, int rounds, String algorithm, String compressor, int missing, long seed) {
        Preset preset = Preset.parse(algorithm);
        return new DemoSettings(
                devices,
                rounds,
                preset,
                CompressorSpec.parse(compressor),
                DemoSettings.defaultGamma(preset),
                new Schedule.Constant(0.2),
                32,
                missing,
                seed);
    }

    static InProcessDemo run(DemoSettings settings) throws NoSuchAlgorithmException {
        Digits digits = Digits.load();
        Perceptron perceptron = DemoSettings.perceptron();
        Algorithm algorithm = Algorithm.builder(settings.algorithm())
                .gamma(settings.gamma())
                .eta(settings.eta())
                .build(OptionalDouble.empty(), settings.rounds() - 1);
        InProcessRun run = new InProcessRun(
                algorithm,
                settings.compressor().bind(perceptron.layout()),
                perceptron.layout(),
                settings.rounds(),
                perceptron.initialModel(settings.seedOf(DemoSettings.Randomness.INITIAL_MODEL)),
                settings.seed());
        for (LocalLoss loss : settings.losses(digits.train())) {
            run.join(loss::gradient, loss.samples());
        }
        long[] bytes = {0};
        // Has the size of the demo's reports: a sample count, a loss and a gradient's norm.
        Report report = new Report(32, OptionalDouble.of(1), OptionalDouble.of(1), OptionalDouble.empty(), Map.of());
        while (run.round() < settings.rounds()) {
            run.step(
                    settings.absences()::misses, delta -> bytes[0] += new Message(1, 1, report, delta).encode().length);
        }
        ByteBuffer model = ByteBuffer.allocate(8 * run.x().length).order(ByteOrder.LITTLE_ENDIAN);
        model.asDoubleBuffer().put(run.x());
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model.array()));
        return new InProcessDemo(perceptron.evaluate(run.x(), digits.heldOut()).accuracy(), hash, bytes[0]);
    }
}
