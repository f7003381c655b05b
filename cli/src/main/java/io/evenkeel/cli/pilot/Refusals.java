package io.evenkeel.cli.pilot;

import io.evenkeel.trial.source.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/** Converts failures to a line for people and an exit code. */
public final class Refusals {

    private Refusals() {}

    /**
     * Runs a command's work.
     *
     * @return its exit code; 2 if settings or data were refused, 1 if files could not be read or written
     */
    public static int told(CommandSpec spec, Callable<Integer> work) throws InterruptedException {
        try {
            return work.call();
        } catch (IllegalArgumentException | DataException e) {
            return tell(spec, String.valueOf(e.getMessage()), ExitCode.USAGE);
        } catch (NoSuchFileException e) {
            return tell(spec, "there is no file " + e.getFile(), ExitCode.SOFTWARE);
        } catch (IOException e) {
            return tell(spec, String.valueOf(e.getMessage()), ExitCode.SOFTWARE);
        } catch (UncheckedIOException e) {
            return tell(
                    spec, String.valueOf(Objects.requireNonNull(e.getCause()).getMessage()), ExitCode.SOFTWARE);
        } catch (OutOfMemoryError e) {
            long megabytes = Runtime.getRuntime().maxMemory() >> 20;
            return tell(
                    spec,
                    megabytes + " MB of memory do not suffice: allow more with EVENKEEL_JAVA_OPTS=-Xmx"
                            + (2 * megabytes) + "m, or take --threads 1, fewer clients or coordinates",
                    ExitCode.SOFTWARE);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static int tell(CommandSpec spec, String message, int code) {
        spec.commandLine().getErr().println("evenkeel: " + message);
        return code;
    }
}
