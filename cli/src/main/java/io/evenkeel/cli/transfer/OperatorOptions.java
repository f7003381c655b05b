package io.evenkeel.cli.transfer;

import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.terminal.CommandFailure;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which coordinator to speak to, and as whom. */
public final class OperatorOptions {

    private static final String VARIABLE = "EVENKEEL_OPERATOR_TOKEN";

    @Option(
            names = "--coordinator",
            paramLabel = "URL",
            description = "The coordinator's address (default: http://localhost:8080).")
    private URI coordinator = URI.create("http://localhost:8080");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "The operator's token (default: what the variable " + VARIABLE + " says).")
    private @Nullable String token;

    /**
     * Makes the interface to that coordinator.
     *
     * @throws CommandFailure if there is no token
     */
    public OperatorApi api() {
        String text = token != null ? token : System.getenv(VARIABLE);
        if (text == null || text.isEmpty()) {
            throw new NoTokenException();
        }
        return new OperatorApi(coordinator, text);
    }

    private static final class NoTokenException extends CommandFailure {

        private static final long serialVersionUID = 1;

        NoTokenException() {
            super("there is no operator's token: give --token, or set " + VARIABLE);
        }
    }
}
