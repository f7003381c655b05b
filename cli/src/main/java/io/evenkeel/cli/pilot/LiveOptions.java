package io.evenkeel.cli.pilot;

import io.evenkeel.cli.context.ConnectionOptions;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.ExperimentDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that compare runs of real devices instead of a trial. */
final class LiveOptions {

    @Option(
            names = "--runs",
            paramLabel = "RUN",
            split = ",",
            description = "Compares two or more runs of real devices from the coordinator's records, comma-separated."
                    + " Only --target, --metric and --baseline apply; the default baseline is the uncompressed run.")
    private @Nullable List<String> runs;

    @Mixin
    private ConnectionOptions connection;

    /**
     * Returns whether runs are named.
     *
     * @throws IllegalArgumentException if an option is given that needs --runs
     */
    boolean areGiven(CommandSpec spec) {
        if (runs != null) {
            return true;
        }
        for (String option : List.of("--coordinator", "--token", "--context")) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new IllegalArgumentException(option + " needs --runs: name the runs to compare");
            }
        }
        return false;
    }

    /**
     * Compares the runs and prints the result.
     *
     * @param options the other options, of which only targets, a metric and a baseline are allowed
     * @return the exit code
     */
    int compare(ExperimentOptions options, Path out, Terminal terminal) throws IOException {
        List<String> names = checked(Objects.requireNonNull(runs));
        ExperimentDraft draft = options.given();
        if (!draft.equals(draft.onlyJudgement())) {
            throw new IllegalArgumentException("--runs compares existing runs: of the settings, only --target,"
                    + " --metric and --baseline apply; leave out the others");
        }
        new LiveReport(
                        draft.loss() == null ? null : draft.loss().metric(),
                        draft.baseline(),
                        draft.targets() == null ? List.of() : draft.targets())
                .write(connection.client(), names, out, terminal);
        return ExitCode.OK;
    }

    private static List<String> checked(List<String> names) {
        if (names.size() < 2 || new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException(
                    "--runs is " + String.join(",", names) + ": expected two or more runs, each once");
        }
        for (String name : names) {
            if (!name.matches("[a-z0-9-]{1,64}")) {
                throw new IllegalArgumentException(
                        "--runs has '" + name + "', which is not a run's name: it has 1 to 64 of a-z, 0-9 and -");
            }
        }
        return names;
    }
}
