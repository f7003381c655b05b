package io.evenkeel.cli.demo;

import io.evenkeel.cli.context.ConnectionOptions;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.tools.terminal.Program;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains on handwritten digits with simulated devices through a real coordinator. */
@Command(
        name = "demo",
        description = {
            "Trains a perceptron (64-128-10, 9,610 parameters) on the 1,797 handwritten digits from UCI with simulated"
                    + " devices, each of which has few of the classes, through a real coordinator over HTTP.",
            "The same options give the same model, bit for bit.",
            "The demo starts its own coordinator. With --coordinator or --context it creates the run at a running"
                    + " coordinator, where the run stays."
        },
        footer = {
            "",
            "Try:",
            "  evenkeel demo --compressor identity the same without compression",
            "  evenkeel demo --compressor top-k:0.01+bf16  values of 16 bits, not 32",
            "  evenkeel demo --algorithm dcgd              without error feedback",
            "  evenkeel demo --drop-rate 0.3               3 of 10 miss each round"
        })
public final class DemoCommand extends StandardCommand {

    @Mixin
    private DemoOptions options = new DemoOptions();

    @Mixin
    private ConnectionOptions connection;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        DemoSettings settings = options.settings(spec);
        if (connection.isGiven()) {
            // Checks the options before it prints the title.
            connection.client();
        }
        Terminal terminal = Terminal.standard();
        terminal.out().println(title(settings));
        Path folder = Files.createTempDirectory("evenkeel-demo-");
        logTo(folder.resolve("devices.log"));
        if (connection.isGiven()) {
            runAt(connection.address(), settings, terminal, folder);
        } else {
            startAndRun(settings, terminal, folder);
        }
        return 0;
    }

    private void runAt(URI coordinator, DemoSettings settings, Terminal terminal, Path folder)
            throws InterruptedException {
        // Not derived from the seed: a name can be used only once, and the model does not depend on it.
        String run = "demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        String options = " " + run + " --coordinator " + coordinator;
        String page = coordinator.toString().replaceAll("/+$", "") + "/#/runs/" + run;
        terminal.out().println("Look at it: " + page);
        terminal.out().println("or in another terminal: " + Program.invocation() + " runs watch" + options);
        DemoResult result = new Demo(settings, terminal).run(coordinator, connection.token(), run, folder);
        print(terminal.out(), settings, result, "run " + run + " at " + coordinator);
        terminal.out().println("  " + Program.invocation() + " runs show" + options);
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
        DemoReport.next(settings, Program.invocation()).forEach(out::println);
    }

    /** Redirects the SDK's log of this whole process to a file; the terminal shows the progress. */
    private static void logTo(Path file) throws IOException {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler handler = new FileHandler(file.toString().replace("%", "%%"));
        handler.setFormatter(new SimpleFormatter());
        root.addHandler(handler);
    }
}
