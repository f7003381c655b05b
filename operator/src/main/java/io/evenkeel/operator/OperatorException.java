package io.evenkeel.operator;

import io.evenkeel.operator.terminal.CommandFailure;

/** The coordinator refused an operator's request, or could not be reached. The message says what and what to do now. */
public final class OperatorException extends CommandFailure {

    private static final long serialVersionUID = 1;

    OperatorException(String message) {
        super(message);
    }

    OperatorException(String message, Throwable cause) {
        super(message, cause);
    }
}
