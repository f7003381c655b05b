package io.evenkeel.tools.terminal;

/** The exit codes of commands, for scripts. The numbers are permanent; docs/cli.md lists them. */
public enum ExitCode {
    OK(0),
    FAILED(1),
    /** The command line, or a file it names, is wrong. */
    USAGE(2),
    /** There is no such run, device, token, round or model. */
    NOT_FOUND(3),
    /** The credentials are missing, wrong, or do not allow this. */
    NOT_ALLOWED(4),
    /** The state of the run, device or token does not allow the request. */
    CONFLICT(5),
    /** The coordinator could not be reached or is busy: try again later. */
    UNAVAILABLE(6),
    /** The timeout of a wait has passed. */
    TIMED_OUT(7);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** Returns the process's exit code. */
    public int code() {
        return code;
    }

    /** Returns the exit code for an HTTP status that says that a request failed. */
    public static ExitCode ofStatus(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> USAGE;
            case 401, 403 -> NOT_ALLOWED;
            case 404 -> NOT_FOUND;
            case 409 -> CONFLICT;
            case 408, 429, 502, 503, 504 -> UNAVAILABLE;
            default -> FAILED;
        };
    }
}
