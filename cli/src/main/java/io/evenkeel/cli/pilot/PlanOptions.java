package io.evenkeel.cli.pilot;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the plan of many trials comes from and where its results go: options that sweep and study share. */
final class PlanOptions {

    @Option(
            names = "--file",
            paramLabel = "YAML",
            description = "A ${COMMAND-NAME}.yaml that says it all, instead of other options.")
    private @Nullable Path file;

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where results go. Default: pilot-${COMMAND-NAME}.")
    private @Nullable Path out;

    @Option(
            names = "--resume",
            paramLabel = "FOLDER",
            description = "Goes on with a ${COMMAND-NAME} that was interrupted.")
    private @Nullable Path resume;

    @Option(names = "--threads", paramLabel = "T", description = "Default: one a core.")
    private int threads = Runtime.getRuntime().availableProcessors();

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
        if (resume != null && (file != null || out != null || others)) {
            throw new IllegalArgumentException("--resume goes on with what the folder says: leave out --file, --out, "
                    + own + " and all settings");
        }
        if (file != null && others) {
            throw new IllegalArgumentException(
                    "--file says it all: leave out the other settings, or change them in a copy of " + file);
        }
    }

    /** Returns the plan's file, null if options say what to do. */
    @Nullable
    Path file() {
        return file;
    }

    /** Returns the folder for the results. */
    Path outOr(String otherwise) {
        return out == null ? Path.of(otherwise) : out;
    }

    /** Returns the folder to go on with, null for a new one. */
    @Nullable
    Path resume() {
        return resume;
    }

    int threads() {
        return threads;
    }
}
