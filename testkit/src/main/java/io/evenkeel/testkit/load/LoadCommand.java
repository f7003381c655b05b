package io.evenkeel.testkit.load;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the rate of messages that a coordinator accepts. */
@Command(
        name = "load",
        description = {
            "Enrols a fleet, sends messages as fast as rounds open, and measures the coordinator: accepted"
                    + " messages per second, latencies, refusals, bytes, processor time.",
            "Without --coordinator it starts one with an H2 database in a temporary folder."
        })
public final class LoadCommand extends StandardCommand {

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices, each with its own connection (default: ${DEFAULT-VALUE}).")
    private int devices = 100;

    @Option(names = "--dimension", paramLabel = "D", description = "Size of the model (default: ${DEFAULT-VALUE}).")
    private int dimension = 269_722;

    @Option(
            names = "--compressor",
            paramLabel = "SPEC",
            description = "Compressor of the run (default: ${DEFAULT-VALUE}).")
    private String compressor = "top-k:0.01";

    @Option(
            names = "--robust",
            paramLabel = "RULE",
            description = "Bounds what one device adds to the sum, such as clip:2 (default: no bound).")
    private @Nullable String robust;

    @Option(
            names = "--enrolled",
            paramLabel = "N",
            description =
                    "Simulate a fleet of N devices that enrol and join over a few connections. In each round the next"
                            + " --devices of them fetch task and model and send a message; --duration is how long devices"
                            + " check in afterwards. Of the other options, only those for the run and the coordinator count.")
    private @Nullable Integer enrolled;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "N more members of that fleet that send nothing, as rows of PostgreSQL (default: none).")
    private int rows;

    @Option(
            names = "--rounds",
            paramLabel = "R",
            description =
                    "Rounds of that fleet to measure, after one that is not measured (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections of that fleet (default: ${DEFAULT-VALUE}).")
    private int connections = 64;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Seconds before the measurement (default: ${DEFAULT-VALUE}).")
    private int warmUp = 10;

    @Option(names = "--duration", paramLabel = "S", description = "Seconds to measure (default: ${DEFAULT-VALUE}).")
    private int duration = 20;

    @Option(names = "--messages", paramLabel = "N", description = "End after N accepted messages, if that is sooner.")
    private @Nullable Long messages;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Offer N messages per second regardless of the responses: devices without a new message repeat"
                            + " their last one and ignore Retry-After (default: each device sends once per round).")
    private @Nullable Integer rate;

    @Option(
            names = "--one-poll",
            description = "Wait for rounds with one long poll for all devices instead of one for each.")
    private boolean onePoll;

    @Option(names = "--coordinator", paramLabel = "URL", description = "Load this coordinator instead of starting one.")
    private @Nullable URI coordinator;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Operator's token of that coordinator (default: EVENKEEL_OPERATOR_TOKEN).")
    private @Nullable String token;

    @Option(names = "--database-url", paramLabel = "JDBC", description = "PostgreSQL for the coordinator it starts.")
    private @Nullable String databaseUrl;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "Coordinators to start on that database, to which devices are distributed"
                    + " (default: ${DEFAULT-VALUE}).")
    private int replicas = 1;

    @Option(
            names = "--kill-every",
            paramLabel = "S",
            description =
                    "Kill the coordinator that holds the run's lease every S seconds of the measurement, and start it"
                            + " again (default: never).")
    private @Nullable Integer killEvery;

    @Option(
            names = "--setting",
            paramLabel = "NAME=VALUE",
            description = "A setting of the coordinator it starts, such as server.tomcat.threads.max=50.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            description = "JVM options of the coordinator it starts, such as -Xmx1g.")
    private String javaOptions = "";

    @Option(
            names = "--append",
            paramLabel = "FILE",
            description = "Append the figures to a file, as a row of a Markdown table.")
    private @Nullable Path append;

    @Option(
            names = "--availability",
            paramLabel = "FILE|PATTERN",
            description =
                    "Compare devices with the real SDK, which have these hours and delays in real time, with their simulation."
                            + " Needs -f. Of the other options, only --devices, --rounds and those for the coordinator"
                            + " count.")
    private @Nullable String availability;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The run's definition for --availability.")
    private @Nullable Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        LoadSettings load = settings();
        Terminal terminal = Terminal.standard();
        if (availability != null) {
            return compare(availability, terminal);
        }
        URI given = coordinator;
        if (enrolled != null) {
            return simulate(
                    new FleetLoadSettings(enrolled, rows, connections, rounds, load.duration(), load), terminal);
        }
        LoadResult result = given == null ? loadOwn(load, terminal) : load(load, terminal, given);
        LoadReport report = new LoadReport(result);
        terminal.out().println();
        report.lines().forEach(terminal.out()::println);
        if (append != null) {
            String head = Files.exists(append) ? "" : LoadReport.head() + "\n";
            Files.writeString(append, head + report.row() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return result.recorded() == result.receipts() ? 0 : 1;
    }

    private LoadResult load(LoadSettings load, Terminal terminal, URI address) throws IOException {
        String text = token != null ? token : System.getenv("EVENKEEL_OPERATOR_TOKEN");
        if (text == null || text.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "the operator's token is missing: use --token, or set EVENKEEL_OPERATOR_TOKEN");
        }
        return new LoadRun(load, terminal, null, null).run(List.of(address), new OperatorApi(address, text), name());
    }

    private LoadResult loadOwn(LoadSettings load, Terminal terminal) throws IOException {
        try (LocalServers servers = start()) {
            HolderKills kills = killEvery == null ? null : new HolderKills(servers, Duration.ofSeconds(killEvery));
            LoadResult result = new LoadRun(load, terminal, servers::figures, kills)
                    .run(servers.addresses(), servers.operator(), name());
            if (kills != null) {
                terminal.out().println("killed the lease's holder " + kills.count() + " times");
            }
            return result;
        }
    }

    private int simulate(FleetLoadSettings fleet, Terminal terminal) throws IOException {
        try (LocalServers servers = start()) {
            FleetResult result = new FleetLoad(fleet, terminal, servers::figures, databaseUrl)
                    .run(servers.addresses().get(0), servers.operator(), name());
            terminal.out().println();
            result.lines().forEach(terminal.out()::println);
            return 0;
        }
    }

    private int compare(String hours, Terminal terminal) throws IOException {
        if (file == null) {
            throw new ParameterException(spec.commandLine(), "--availability needs -f, the run's definition");
        }
        FleetComparison comparison = new FleetComparison(file, hours, devices, rounds);
        try (LocalServers servers = start()) {
            List<String> table = comparison.run(servers.addresses().get(0), servers.operator(), terminal);
            table.forEach(terminal.out()::println);
            return 0;
        }
    }

    private LocalServers start() throws IOException {
        List<String> options =
                javaOptions.isBlank() ? List.of() : List.of(javaOptions.strip().split("\\s+"));
        // All devices come from one address.
        Stream<String> limits =
                Stream.of("evenkeel.limits.enrolments-per-minute=1000000", "evenkeel.limits.concurrent-anonymous=1000");
        return LocalServers.start(
                replicas,
                databaseUrl,
                options,
                Stream.concat(limits, settings.stream()).toList());
    }

    /** Returns a new name for each test, since names cannot be reused. */
    private static String name() {
        return "load-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    }

    private LoadSettings settings() {
        require("--devices", devices, 1, 50_000);
        require("--dimension", dimension, 1, 1 << 28);
        require("--warm-up", warmUp, 0, 3600);
        require("--replicas", replicas, 1, 10);
        if (replicas > 1 && databaseUrl == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--replicas needs --database-url: one process at a time can use an H2 database");
        }
        if (killEvery != null) {
            require("--kill-every", killEvery, 5, 3600);
            if (databaseUrl == null || coordinator != null || enrolled != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--kill-every kills coordinators that this command starts on PostgreSQL: set --database-url and"
                                + " --replicas 2, and leave out --coordinator and --enrolled");
            }
        }
        requireFleet();
        require("--duration", duration, 1, 3600);
        if (rate != null) {
            require("--rate", rate, 1, 1_000_000);
        }
        if (messages != null && messages < 1) {
            throw new ParameterException(spec.commandLine(), "--messages is " + messages + ", expected 1 or more");
        }
        requireParsed("--compressor", compressor, CompressorSpec::parse);
        if (robust != null) {
            requireParsed("--robust", robust, NormClipping::parse);
        }
        return new LoadSettings(
                devices,
                dimension,
                compressor,
                robust,
                Duration.ofSeconds(warmUp),
                Duration.ofSeconds(duration),
                messages,
                rate,
                !onePoll && rate == null);
    }

    private void requireFleet() {
        if (enrolled == null) {
            return;
        }
        require("--enrolled", enrolled, devices, 10_000_000);
        require("--rows", rows, 0, 10_000_000);
        if (rows > 0 && databaseUrl == null) {
            throw new ParameterException(
                    spec.commandLine(), "--rows needs --database-url: the rows are inserted into PostgreSQL");
        }
        require("--rounds", rounds, 1, 10_000);
        require("--connections", connections, 1, 1000);
        if (coordinator != null) {
            throw new ParameterException(
                    spec.commandLine(), "--enrolled measures a coordinator that it starts: leave out --coordinator");
        }
    }

    private void requireParsed(String option, String text, Function<String, ?> parser) {
        try {
            var unused = parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected " + least + " to " + most);
        }
    }
}
