package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.ExitCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Follows a roll-out until it ends. */
@Command(
        name = "watch",
        description = {
            "Follows a roll-out until it ends: prints a line for each event (with --output json as one JSON document a"
                    + " line),",
            "and on the error stream what it waits for.",
            "The exit code is 0 if it finished, and 1 if it was stopped."
        })
final class WatchRolloutCommand extends ApiCommand {

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(2);

    private final CliEnvironment environment;

    @Parameters(paramLabel = "ROLLOUT", description = "The roll-out's id.")
    @SuppressWarnings("NullAway.Init")
    private String rollout;

    @Option(names = "--interval", paramLabel = "DURATION", description = "The polling interval (default: 2s).")
    private Duration interval = USUAL_INTERVAL;

    private String last = "";
    private List<String> waits = List.of();

    WatchRolloutCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws InterruptedException {
        JsonNode shown = client.get(ApiPath.of("rollouts", rollout));
        while (true) {
            print(shown, output);
            String state = shown.path("state").asString();
            if (state.equals("finished") || state.equals("stopped")) {
                return (state.equals("finished") ? ExitCode.OK : ExitCode.FAILED).code();
            }
            printWaits(shown, output);
            environment.pause().sleep(interval);
            try {
                shown = client.get(ApiPath.of("rollouts", rollout));
            } catch (OperatorException e) {
                if (e.exitCode() != ExitCode.UNAVAILABLE) {
                    throw e;
                }
                // A coordinator that has responded before will restart, or another replica will take over.
                output.note("no response; trying again: " + e.getMessage());
            }
        }
    }

    /** Prints the conditions that the roll-out waits for, if they have changed. */
    private void printWaits(JsonNode shown, OutputOptions output) {
        List<String> codes = new ArrayList<>();
        shown.path("waitsFor").forEach(notice -> codes.add(notice.path("code").asString()));
        if (!codes.equals(waits)) {
            RolloutText.waits(shown).forEach(output.err()::println);
            output.err().flush();
            waits = codes;
        }
    }

    /** Prints the events that have not been printed yet. */
    private void print(JsonNode shown, OutputOptions output) {
        boolean isNew = last.isEmpty();
        String newest = last;
        for (JsonNode event : shown.path("events")) {
            String line = RolloutText.event(event);
            if (isNew) {
                output.line(event, line);
                newest = line;
            }
            isNew |= line.equals(last);
        }
        last = newest;
    }
}
