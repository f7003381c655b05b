package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Logs a person in with the OAuth 2.0 device authorization grant (RFC 8628): the person opens a page in any browser and
 * types a code, while this class polls for the token.
 */
final class DeviceLogin {

    private static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final int USUAL_INTERVAL_SECONDS = 5;
    private static final int USUAL_LIFE_SECONDS = 600;

    private final OidcHttpClient provider = new OidcHttpClient();
    private final CliEnvironment environment;
    private final Consumer<String> instructions;

    /** Creates a login that passes instructions for the person to {@code instructions}. */
    DeviceLogin(CliEnvironment environment, Consumer<String> instructions) {
        this.environment = environment;
        this.instructions = instructions;
    }

    /**
     * The result.
     *
     * @param token the access token
     * @param session how to renew it
     */
    record Tokens(String token, Context.Session session) {

        /** Omits the token. */
        @Override
        public String toString() {
            return "Tokens[" + session + "]";
        }
    }

    /**
     * Logs in.
     *
     * @param issuer the provider's issuer, such as {@code https://login.example/realms/fleet}
     * @param clientId the id of a public client that may use this grant
     * @param scope the requested scopes, separated by spaces
     * @throws CommandFailure if the provider refuses, or the code is not typed in time
     */
    Tokens login(URI issuer, String clientId, String scope) throws InterruptedException {
        String base = issuer.toString().replaceAll("/+$", "");
        JsonNode metadata = provider.get(URI.create(base + "/.well-known/openid-configuration"))
                .content();
        URI authorization = endpoint(metadata, "device_authorization_endpoint", issuer);
        URI tokenEndpoint = endpoint(metadata, "token_endpoint", issuer);
        OidcHttpClient.Answer begun = provider.post(authorization, Map.of("client_id", clientId, "scope", scope));
        if (!begun.ok() || !begun.content().path("device_code").isString()) {
            throw refused(begun.content());
        }
        tellWhatToDo(begun.content());
        return poll(begun.content(), tokenEndpoint, clientId);
    }

    private static URI endpoint(JsonNode metadata, String name, URI issuer) {
        String address = metadata.path(name).asString("");
        if (!address.startsWith("http")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the metadata of " + issuer + " has no " + name
                            + ": check --issuer, and that the provider offers the device authorization grant");
        }
        return URI.create(address);
    }

    private void tellWhatToDo(JsonNode begun) {
        String whole = begun.path("verification_uri_complete").asString("");
        instructions.accept("Open " + begun.path("verification_uri").asString() + " and type the code "
                + begun.path("user_code").asString());
        if (!whole.isEmpty()) {
            instructions.accept("or open " + whole);
        }
    }

    private Tokens poll(JsonNode begun, URI tokenEndpoint, String clientId) throws InterruptedException {
        Map<String, String> form = Map.of(
                "grant_type", GRANT, "device_code", begun.path("device_code").asString(), "client_id", clientId);
        Instant end = environment
                .clock()
                .instant()
                .plusSeconds(begun.path("expires_in").asInt(USUAL_LIFE_SECONDS));
        int interval = begun.path("interval").asInt(USUAL_INTERVAL_SECONDS);
        while (environment.clock().instant().isBefore(end)) {
            environment.pause().sleep(Duration.ofSeconds(interval));
            OidcHttpClient.Answer answer = provider.post(tokenEndpoint, form);
            if (answer.ok()) {
                return tokens(
                        answer.content(),
                        tokenEndpoint,
                        clientId,
                        environment.clock().instant(),
                        null);
            }
            switch (answer.content().path("error").asString("")) {
                case "authorization_pending" -> {}
                case "slow_down" -> interval += USUAL_INTERVAL_SECONDS;
                default -> throw refused(answer.content());
            }
        }
        throw new CommandFailure(ExitCode.TIMED_OUT, "the code was not typed in time: log in again");
    }

    private static CommandFailure refused(JsonNode answer) {
        String why =
                answer.path("error_description").asString(answer.path("error").asString("its response is not JSON"));
        return new CommandFailure(
                ExitCode.NOT_ALLOWED, "the identity provider refused the login (" + why + "): check --client-id");
    }

    /**
     * Reads a token endpoint's response. {@code refreshToken} is the previous refresh token, which stays
     * valid if there is no new one.
     */
    static Tokens tokens(
            JsonNode answer, URI tokenEndpoint, String clientId, Instant now, @Nullable String refreshToken) {
        String token = answer.path("access_token").asString("");
        if (token.isEmpty()) {
            throw refused(answer);
        }
        Instant expiresAt = now.plusSeconds(answer.path("expires_in").asInt(USUAL_LIFE_SECONDS));
        String renewed = answer.path("refresh_token").asString(refreshToken);
        return new Tokens(token, new Context.Session(tokenEndpoint, clientId, renewed, expiresAt));
    }
}
