package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that choose the coordinator and the token. An option takes precedence over an environment
 * variable, which takes precedence over the context. A context's token is sent only to that context's
 * address.
 */
public final class ConnectionOptions {

    private static final URI USUAL_ADDRESS = URI.create("http://localhost:8080");

    private final CliEnvironment environment;

    @Option(
            names = "--coordinator",
            order = 101,
            paramLabel = "URL",
            description =
                    "The coordinator's address (default: $EVENKEEL_URL, the context's, or http://localhost:8080).")
    private @Nullable URI coordinator;

    @Option(
            names = "--token",
            order = 102,
            paramLabel = "TOKEN",
            description = "An operator's or viewer's token (default: $EVENKEEL_TOKEN, $EVENKEEL_OPERATOR_TOKEN, or the"
                    + " context's).")
    private @Nullable String token;

    /** The former name of this option in the demo. */
    @Option(names = "--operator-token", hidden = true)
    private @Nullable String operatorToken;

    @Option(
            names = "--context",
            order = 103,
            paramLabel = "NAME",
            description = "A context created by 'login' (default: $EVENKEEL_CONTEXT, or the current one).")
    private @Nullable String context;

    ConnectionOptions(CliEnvironment environment) {
        this.environment = environment;
    }

    /** Returns whether {@code --coordinator} or {@code --context} was given. */
    public boolean isGiven() {
        return coordinator != null || context != null;
    }

    /** Returns the token that {@code --token} or the environment gives, if any. */
    Optional<String> givenToken() {
        if (token != null || operatorToken != null) {
            return Optional.ofNullable(token).or(() -> Optional.ofNullable(operatorToken));
        }
        return environment.variable("EVENKEEL_TOKEN").or(() -> environment.variable("EVENKEEL_OPERATOR_TOKEN"));
    }

    /** Returns the coordinator's address. */
    public URI address() {
        return givenAddress().or(() -> chosen().map(Context::coordinator)).orElse(USUAL_ADDRESS);
    }

    private Optional<URI> givenAddress() {
        return Optional.ofNullable(coordinator)
                .or(() -> environment.variable("EVENKEEL_URL").map(ConnectionOptions::uri));
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "EVENKEEL_URL is '" + text + "': expected an address such as http://localhost:8080",
                    e);
        }
    }

    /**
     * Returns a valid token.
     *
     * @throws CommandFailure if there is none
     */
    public String token() {
        return givenToken().orElseGet(this::tokenOfContext);
    }

    private String tokenOfContext() {
        Optional<Context> chosen = chosen();
        if (chosen.isPresent() && isFor(chosen.get())) {
            return new TokenRenewal(environment).valid(chosen.get());
        }
        String why = chosen.map(c -> "context '" + c.name() + "' is for " + c.coordinator() + ", not for " + address())
                .orElse("there is no token for " + address());
        throw new CommandFailure(
                ExitCode.NOT_ALLOWED,
                why + ": give --token, set EVENKEEL_TOKEN, or type 'evenkeel login --coordinator " + address() + "'");
    }

    private boolean isFor(Context chosen) {
        return normal(chosen.coordinator()).equals(normal(address()));
    }

    private static String normal(URI address) {
        return address.toString().replaceAll("/+$", "");
    }

    /** Returns the context that the command uses: the one named, or the current one. Refuses an unknown name. */
    Optional<Context> chosen() {
        Optional<String> name = Optional.ofNullable(context).or(() -> environment.variable("EVENKEEL_CONTEXT"));
        ContextStore store = new ContextStore(environment);
        ContextList list = store.read();
        if (name.isEmpty()) {
            return Optional.ofNullable(list.current()).flatMap(list::find);
        }
        return Optional.of(list.named(name.get()));
    }

    public CoordinatorClient client() {
        // Evaluated for each request: a token that expires is renewed while a command watches.
        token();
        return new CoordinatorClient(address(), this::token);
    }
}
