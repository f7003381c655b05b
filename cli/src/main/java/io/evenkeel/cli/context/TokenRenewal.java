package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.time.Duration;
import java.util.Map;

/** Renews an identity provider's access token shortly before it expires, and stores the new token. */
final class TokenRenewal {

    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final CliEnvironment environment;

    TokenRenewal(CliEnvironment environment) {
        this.environment = environment;
    }

    /** Returns the context's token, or a renewed one. */
    String valid(Context context) {
        Context.Session session = context.session();
        if (session == null || environment.clock().instant().plus(MARGIN).isBefore(session.expiresAt())) {
            return context.token();
        }
        if (session.refreshToken() == null) {
            throw expired(context);
        }
        Map<String, String> form = Map.of(
                "grant_type",
                "refresh_token",
                "refresh_token",
                session.refreshToken(),
                "client_id",
                session.clientId());
        OidcHttpClient.Answer answer = new OidcHttpClient().post(session.tokenEndpoint(), form);
        if (!answer.ok()) {
            throw expired(context);
        }
        DeviceLogin.Tokens tokens = DeviceLogin.tokens(
                answer.content(),
                session.tokenEndpoint(),
                session.clientId(),
                environment.clock().instant(),
                session.refreshToken());
        ContextStore store = new ContextStore(environment);
        store.write(store.read()
                .with(new Context(context.name(), context.coordinator(), tokens.token(), tokens.session())));
        return tokens.token();
    }

    private static CommandFailure expired(Context context) {
        return new CommandFailure(
                ExitCode.NOT_ALLOWED,
                "the login of context '" + context.name() + "' has expired: log in again with 'evenkeel login'");
    }
}
