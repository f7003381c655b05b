package io.evenkeel.tools.terminal;

import java.util.List;

/** Thrown if a command failed. The message says what is wrong and what to do; it is printed without a stack trace. */
public class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    /** Creates a failure with the sentence to print; the exit code is {@link ExitCode#FAILED}. */
    public CommandFailure(String message) {
        this(ExitCode.FAILED, message);
    }

    /** Creates a failure with the sentence to print and the exit code. */
    public CommandFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** Creates a failure with the sentence to print and its cause; the exit code is {@link ExitCode#FAILED}. */
    public CommandFailure(String message, Throwable cause) {
        this(ExitCode.FAILED, message, cause);
    }

    /** Creates a failure with the sentence to print, the exit code and the cause. */
    public CommandFailure(ExitCode exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Returns the wrong fields of a request that the message names, each followed by a colon. */
    public List<String> wrongFields() {
        return List.of();
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
