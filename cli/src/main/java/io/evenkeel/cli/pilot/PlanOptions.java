package io.evenkeel.cli.pilot;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for plans and results, shared by sweep and study. */
final class PlanOptions {

    @Option(
            names = "--file",
            paramLabel = "YAML",
            description = "A ${COMMAND-NAME}.yaml with all settings, instead of other options.")
    @Nullable
    Path file;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "The folder for results. Default: pilot-${COMMAND-NAME}.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replaces an existing ${COMMAND-NAME} in the folder.")
    boolean force;

    @Option(names = "--resume", paramLabel = "FOLDER", description = "Continues an interrupted ${COMMAND-NAME}.")
    @Nullable
    Path resume;

    @Option(names = "--threads", paramLabel = "T", description = "Threads. Default: one per core.")
    int threads = Runtime.getRuntime().availableProcessors();

    /**
     * Checks that the options agree.
     *
     * @param others whether there are further settings
     * @param own the command's own option, for the message
     */
    void check(boolean others, String own) {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads is " + threads + ", expected at least 1");
        }
        if (resume != null && (file != null || out != null || force || others)) {
            throw new IllegalArgumentException(
                    "--resume takes all settings from the folder: leave out --file, --out, --force, " + own
                            + " and all settings");
        }
        if (file != null && others) {
            throw new IllegalArgumentException(
                    "--file has all settings: leave out the others, or change them in a copy of " + file);
        }
    }

    Path outOr(String otherwise) {
        return out == null ? Path.of(otherwise) : out;
    }
}
