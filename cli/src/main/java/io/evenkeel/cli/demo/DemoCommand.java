package io.evenkeel.cli.demo;

import io.evenkeel.operator.process.JavaLaunch;
import io.evenkeel.operator.process.LocalCoordinator;
import io.evenkeel.operator.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains on handwritten digits with simulated devices through a real coordinator. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Trains a perceptron (64-128-10, 9,610 parameters) on the 1,797 handwritten digits of UCI with simulated devices,"
                    + " each of which holds few of the classes, through a real coordinator over HTTP.",
            "The same options give the same model, bit for bit."
        },
        footer = {
            "",
            "Try:",
            "  evenkeel demo --compressor identity         the same, nothing compressed",
            "  evenkeel demo --compressor top-k:0.01+bf16  values of 16 bits, not 32",
            "  evenkeel demo --algorithm dcgd              no error feedback",
            "  evenkeel demo --drop-rate 0.3               3 of 10 miss each round"
        })
public final class DemoCommand implements Callable<Integer> {

    @Mixin
    private DemoOptions options = new DemoOptions();

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            description = "A coordinator that runs already; by default one is started for the demo.")
    private @Nullable URI coordinator;

    @Option(
            names = "--operator-token",
            paramLabel = "TOKEN",
            defaultValue = "${env:EVENKEEL_OPERATOR_TOKEN}",
            description = "That coordinator's operator token (default: $EVENKEEL_OPERATOR_TOKEN).")
    private @Nullable String operatorToken;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For picocli. */
    public DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoSettings settings = options.settings(spec);
        checkCoordinator();
        Terminal terminal = Terminal.standard();
        terminal.out().println(title(settings));
        Path folder = Files.createTempDirectory("evenkeel-demo-");
        DeviceLog.to(folder.resolve("devices.log"));
        if (coordinator == null) {
            startAndRun(settings, terminal, folder);
        } else {
            // Not from the seed: a name can be taken once, and the model does not depend on it.
            String run = "demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
            String token = Objects.requireNonNull(operatorToken);
            DemoResult result = new Demo(settings, terminal).run(coordinator, token, run, folder);
            print(terminal.out(), settings, result, "run " + run + " at " + coordinator);
        }
        return 0;
    }

    private void checkCoordinator() {
        if (coordinator == null) {
            return;
        }
        String scheme = coordinator.getScheme();
        if (coordinator.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--coordinator is '" + coordinator + "': expected an address such as http://localhost:8080");
        }
        if (operatorToken == null) {
            throw new ParameterException(
                    spec.commandLine(), "--coordinator needs --operator-token, or EVENKEEL_OPERATOR_TOKEN set");
        }
    }

    private static void startAndRun(DemoSettings settings, Terminal terminal, Path folder) throws InterruptedException {
        Path data = folder.resolve("coordinator");
        DemoResult result;
        try (LocalCoordinator local = LocalCoordinator.start(data, JavaLaunch.QUICK)) {
            result = new Demo(settings, terminal).run(local.address(), local.operatorToken(), "demo", folder);
        }
        print(terminal.out(), settings, result, data.toString());
    }

    private static String title(DemoSettings settings) {
        return "Evenkeel demo: " + settings.devices() + (settings.devices() == 1 ? " device, " : " devices, ")
                + settings.algorithm().text() + " with " + settings.compressor() + ", seed " + settings.seed();
    }

    private static void print(PrintStream out, DemoSettings settings, DemoResult result, String state) {
        out.println();
        DemoReport.results(settings, result).forEach(out::println);
        out.println("  model      SHA-256 of its float64 values:");
        out.println("             " + result.modelHash());
        out.println("  state      " + state);
        out.println();
        DemoReport.next(settings).forEach(out::println);
    }
}
