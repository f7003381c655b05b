package io.evenkeel.cli.demo;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.Model;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RunCancellation;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.learn.Evaluation;
import io.evenkeel.trial.learn.LocalLoss;
import io.evenkeel.trial.learn.Perceptron;
import io.evenkeel.trial.local.LocalDevices;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** One run of the demonstration against a coordinator, over HTTP. */
final class Demo {

    private static final long POLL_MILLIS = 200;

    private final DemoSettings settings;
    private final Terminal terminal;
    private final Digits digits = Digits.load();
    private final Perceptron perceptron = DemoSettings.perceptron();

    Demo(DemoSettings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    /**
     * Creates a run, trains it with simulated devices, and measures the final model. Cancels the run on Ctrl-C and on a
     * failure.
     *
     * @param run a name that is free at the coordinator
     * @param folder the folder of the devices' state
     * @throws CommandFailure if the coordinator refuses, or a device or the run fails
     */
    DemoResult run(URI coordinator, String operatorToken, String run, Path folder) throws InterruptedException {
        OperatorApi operator = new OperatorApi(coordinator, operatorToken);
        operator.createRun(settings.definition(run, perceptron.layout()));
        try (RunCancellation cancellation = RunCancellation.watch(operator, run)) {
            return train(operator, coordinator, run, folder, cancellation);
        }
    }

    private DemoResult train(
            OperatorApi operator, URI coordinator, String run, Path folder, RunCancellation cancellation)
            throws InterruptedException {
        operator.uploadModel(run, perceptron.initialModel(settings.seedOf(DemoSettings.Randomness.INITIAL_MODEL)));
        String enrolmentToken = operator.createEnrolmentToken(settings.devices(), run);
        LatestModel latest = new LatestModel(perceptron, digits.heldOut());
        try (LocalDevices fleet = new LocalDevices()) {
            join(
                    fleet,
                    folder,
                    latest,
                    () -> EvenkeelClient.builder(coordinator).run(run).enrolmentToken(enrolmentToken));
            long start = System.nanoTime();
            operator.start(run);
            RoundTotals totals = follow(operator, run, fleet, latest, start, cancellation);
            Duration training = Duration.ofNanos(System.nanoTime() - start);
            fleet.awaitEnd();
            return measure(run, operator.model(run, settings.rounds()), totals, training);
        }
    }

    private void join(LocalDevices fleet, Path folder, LatestModel latest, Supplier<ClientBuilder> client)
            throws InterruptedException {
        List<LocalLoss> losses = settings.losses(digits.train());
        for (int device = 0; device < losses.size(); device++) {
            int number = device;
            String name = String.format(Locale.ROOT, "device-%03d", number);
            LocalLoss loss = losses.get(number);
            ClientBuilder builder = client.get().weight(loss.samples()).stateFolder(folder.resolve(name));
            fleet.join(
                    name,
                    // The ratios of a single device suffice to estimate L0 and L1.
                    number == 0 ? builder.evaluation(latest).reportSmoothness(true) : builder,
                    GradientFunction.onSample(round -> round, (model, round) -> gradient(number, loss, model, round)));
        }
    }

    /** Computes a device's gradient on its share of the digits, except in the rounds that it misses. */
    private Gradient gradient(int device, LocalLoss loss, Model model, int round) {
        if (settings.absences().misses(device, round)) {
            return Gradient.skip();
        }
        double[] gradient = new double[model.dimension()];
        double value = loss.gradient(model.toDoubles(), round, gradient);
        return Gradient.of(gradient, loss.samples(), value);
    }

    private RoundTotals follow(
            OperatorApi operator,
            String run,
            LocalDevices fleet,
            LatestModel latest,
            long start,
            RunCancellation cancellation)
            throws InterruptedException {
        PauseNotice pause = new PauseNotice(operator, run);
        ProgressLine progress = new ProgressLine(terminal, settings.rounds());
        RoundTotals totals = new RoundTotals(operator, run);
        try {
            while (true) {
                RunStatus status = operator.status(run);
                totals.update();
                pause.on(status).forEach(progress::print);
                String figures = status.paused() ? "paused" : figures(totals, latest);
                progress.show(totals.rounds(), figures, Duration.ofNanos(System.nanoTime() - start));
                if (status.ended()) {
                    throwUnlessFinished(run, status, cancellation);
                    return totals;
                }
                fleet.throwIfFailed();
                Thread.sleep(POLL_MILLIS);
            }
        } finally {
            progress.end();
        }
    }

    private static void throwUnlessFinished(String run, RunStatus status, RunCancellation cancellation) {
        cancellation.release();
        if (!status.state().equals("finished")) {
            String reason = status.message().isEmpty() ? "" : ": " + status.message();
            throw new CommandFailure("run " + run + " was " + status.state() + " at the coordinator" + reason);
        }
    }

    private static String figures(RoundTotals totals, LatestModel latest) {
        if (totals.rounds() == 0) {
            return "waiting for the first messages";
        }
        return String.format(
                Locale.ROOT,
                "loss %.3f  acc %s  up %s of %s",
                totals.loss(),
                Quantity.percent(latest.accuracy()),
                Quantity.bytes(totals.uplinkBytes()),
                Quantity.bytes(totals.denseUplinkBytes()));
    }

    private DemoResult measure(String run, byte[] model, RoundTotals totals, Duration training) {
        double[] x = OperatorApi.values(model);
        Evaluation heldOut = perceptron.evaluate(x, digits.heldOut());
        long dense = (long) settings.devices() * settings.rounds() * Float.BYTES * x.length;
        return new DemoResult(
                run,
                heldOut,
                HexFormat.of().formatHex(Digest.sha256().digest(model)),
                totals.uplinkBytes(),
                totals.denseUplinkBytes(),
                totals.downlinkBytes(),
                dense,
                training);
    }
}
