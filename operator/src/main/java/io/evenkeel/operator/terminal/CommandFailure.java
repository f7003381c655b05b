package io.evenkeel.operator.terminal;

/** Why a command could not do its work, for the person who typed it: what was wrong and what to do now, with no stack trace. */
public class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With the sentence to print. */
    public CommandFailure(String message) {
        super(message);
    }

    /** With the sentence to print, and what lies behind it. */
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
