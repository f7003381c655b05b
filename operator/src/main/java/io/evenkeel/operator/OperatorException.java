package io.evenkeel.operator;

import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.time.Duration;

/** Thrown if the coordinator refused an operator's request or could not be reached. The message says why and what to do. */
public final class OperatorException extends CommandFailure {

    private static final long serialVersionUID = 1;

    private final String problem;
    private final Duration retryAfter;

    OperatorException(ExitCode exitCode, String message, Throwable cause) {
        super(exitCode, message, cause);
        this.problem = "";
        this.retryAfter = Duration.ZERO;
    }

    OperatorException(ExitCode exitCode, String message, String problem, Duration retryAfter) {
        super(exitCode, message);
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    /** Returns the last part of the problem's type, such as {@code too-few-members}; empty if the answer was no problem document. */
    public String problem() {
        return problem;
    }

    /** Returns how long to wait before the next request; zero if the coordinator did not say. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
