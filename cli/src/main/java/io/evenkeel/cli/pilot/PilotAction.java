package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.trial.source.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that reads and writes files of trials. Reports failures as a line on standard error and an exit code. */
public abstract class PilotAction extends StandardCommand {

    @Spec
    private CommandSpec spec;

    /**
     * Does the command's work.
     *
     * @return its exit code
     */
    protected abstract int run() throws IOException, InterruptedException;

    protected final CommandSpec spec() {
        return spec;
    }

    /** Returns the exit code: 2 if settings or data were refused, 1 if files could not be read or written. */
    @Override
    public final Integer call() throws InterruptedException {
        try {
            return run();
        } catch (IllegalArgumentException | DataException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.USAGE);
        } catch (NoSuchFileException e) {
            return fail("there is no file " + e.getFile(), ExitCode.SOFTWARE);
        } catch (IOException e) {
            return fail(String.valueOf(e.getMessage()), ExitCode.SOFTWARE);
        } catch (UncheckedIOException e) {
            return fail(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()), ExitCode.SOFTWARE);
        } catch (OutOfMemoryError e) {
            long megabytes = Runtime.getRuntime().maxMemory() >> 20;
            return fail(
                    megabytes + " MB of memory are not enough: allow more with EVENKEEL_JAVA_OPTS=-Xmx"
                            + (2 * megabytes) + "m, or use --threads 1, fewer clients or coordinates",
                    ExitCode.SOFTWARE);
        }
    }

    private int fail(String message, int code) {
        spec.commandLine().getErr().println("evenkeel: " + message);
        return code;
    }
}
