package io.evenkeel.tools;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.time.Duration;
import java.util.List;

/**
 * Thrown if the coordinator refused an operator's request or could not be reached. The message says why and
 * what to do.
 */
public final class OperatorException extends CommandFailure {

    private static final long serialVersionUID = 1;

    private final String problem;
    private final Duration retryAfter;
    private final transient List<FieldFault> faults;

    /**
     * An error in a field of a document that was sent.
     *
     * @param field its path, such as {@code participants.min}
     * @param message the value and what was expected
     */
    public record FieldFault(String field, String message) {}

    OperatorException(ExitCode exitCode, String message, Throwable cause) {
        super(exitCode, message, cause);
        this.problem = "";
        this.retryAfter = Duration.ZERO;
        this.faults = List.of();
    }

    OperatorException(ExitCode exitCode, String message, String problem, Duration retryAfter, List<FieldFault> faults) {
        super(exitCode, message);
        this.problem = problem;
        this.retryAfter = retryAfter;
        this.faults = List.copyOf(faults);
    }

    /**
     * Returns the last part of the problem's type, such as {@code too-few-members}; empty if the response was
     * not a problem document.
     */
    public String problem() {
        return problem;
    }

    @Override
    public List<String> wrongFields() {
        return faults.stream().map(FieldFault::field).toList();
    }

    /** Returns the errors in the fields of the document that was sent; empty if the refusal names no field. */
    public List<FieldFault> faults() {
        return faults;
    }

    /** Returns the time to wait before the next request; zero if the coordinator stated none. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
