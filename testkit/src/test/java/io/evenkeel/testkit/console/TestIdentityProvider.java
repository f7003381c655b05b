package io.evenkeel.testkit.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small OpenID Connect provider with one user, the authorization code flow with PKCE, and single-use refresh tokens.
 * It performs the checks of a real provider, and can be set to misbehave. Thread-safe.
 */
final class TestIdentityProvider implements AutoCloseable {

    static final String CLIENT = "evenkeel-console";
    static final String AUDIENCE = "evenkeel";
    private static final String KEY_ID = "key-1";

    private final HttpServer server;
    private final KeyPair keys;
    private final JsonMapper json = new JsonMapper();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, Boolean> refreshTokens = new ConcurrentHashMap<>();
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile String roles = "evenkeel-operator";
    private volatile long life = 300;
    private volatile boolean wrongNonce;
    private volatile boolean refusing;

    TestIdentityProvider() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/realm/.well-known/openid-configuration", this::metadata);
        server.createContext("/realm/keys", this::keySet);
        server.createContext("/realm/authorize", this::authorize);
        server.createContext("/realm/token", this::token);
        server.createContext("/realm/logout", this::logout);
        server.start();
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
    }

    /** Restores correct behaviour, with an operator as the user. */
    void behave() {
        roles = "evenkeel-operator";
        life = 300;
        wrongNonce = false;
        refusing = false;
    }

    /** Sets the roles in the tokens, separated by spaces. */
    void grant(String roles) {
        this.roles = roles;
    }

    /** Sets the lifetime of access tokens in seconds. */
    void tokensLive(long seconds) {
        life = seconds;
    }

    /** Puts an unrequested nonce into ID tokens. */
    void answerWithWrongNonce() {
        wrongNonce = true;
    }

    /** Refuses every sign-in and renewal from now on. */
    void refuse() {
        refusing = true;
    }

    int renewals() {
        return renewals.get();
    }

    private void metadata(HttpExchange exchange) throws IOException {
        answer(
                exchange,
                200,
                Map.of(
                        "issuer",
                        issuer(),
                        "authorization_endpoint",
                        issuer() + "/authorize",
                        "token_endpoint",
                        issuer() + "/token",
                        "jwks_uri",
                        issuer() + "/keys",
                        "end_session_endpoint",
                        issuer() + "/logout",
                        "response_types_supported",
                        List.of("code"),
                        "subject_types_supported",
                        List.of("public"),
                        "id_token_signing_alg_values_supported",
                        List.of("RS256")));
    }

    private void keySet(HttpExchange exchange) throws IOException {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        Map<String, String> jwk = Map.of(
                "kty",
                "RSA",
                "alg",
                "RS256",
                "use",
                "sig",
                "kid",
                KEY_ID,
                "n",
                number(key.getModulus()),
                "e",
                number(key.getPublicExponent()));
        answer(exchange, 200, Map.of("keys", List.of(jwk)));
    }

    /** Serves a page with a link that leads back to the client with a code. */
    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
        boolean right = "code".equals(request.get("response_type"))
                && CLIENT.equals(request.get("client_id"))
                && "S256".equals(request.get("code_challenge_method"))
                && request.containsKey("nonce");
        String code = UUID.randomUUID().toString();
        codes.put(code, request);
        String back = request.get("redirect_uri") + "?state=" + request.get("state")
                + (refusing
                        ? "&error=access_denied&error_description=not+today"
                        : "&code=" + code + "&iss=" + issuer());
        html(exchange, right ? "<a href='" + back.replace("&", "&amp;") + "'>Continue as heidi</a>" : "wrong request");
    }

    private void token(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        Map<String, String> request =
                form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, String> begun = "refresh_token".equals(request.get("grant_type"))
                ? renewed(request)
                : codes.remove(Objects.requireNonNullElse(request.get("code"), ""));
        if (refusing || begun == null || !CLIENT.equals(request.get("client_id")) || !proven(begun, request)) {
            answer(exchange, 400, Map.of("error", "invalid_grant"));
            return;
        }
        String refresh = UUID.randomUUID().toString();
        refreshTokens.put(refresh, true);
        answer(
                exchange,
                200,
                Map.of(
                        "access_token",
                        jwt(AUDIENCE, Map.of("preferred_username", "heidi", "roles", List.of(roles.split(" ", -1)))),
                        "id_token",
                        jwt(CLIENT, Map.of("nonce", wrongNonce ? "another" : begun.getOrDefault("nonce", ""))),
                        "refresh_token",
                        refresh,
                        "token_type",
                        "Bearer",
                        "expires_in",
                        life));
    }

    private @Nullable Map<String, String> renewed(Map<String, String> request) {
        if (refreshTokens.remove(request.getOrDefault("refresh_token", "")) == null) {
            return null;
        }
        renewals.incrementAndGet();
        return Map.of();
    }

    /** Checks the verifier: its digest must be the challenge (RFC 7636). */
    private static boolean proven(Map<String, String> begun, Map<String, String> request) {
        String challenge = begun.get("code_challenge");
        return challenge == null
                || (challenge.equals(base64(digest(request.getOrDefault("code_verifier", ""))))
                        && Objects.equals(begun.get("redirect_uri"), request.get("redirect_uri")));
    }

    private void logout(HttpExchange exchange) throws IOException {
        Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
        html(exchange, request.containsKey("id_token_hint") ? "Signed out of the realm" : "wrong request");
    }

    private String jwt(String audience, Map<String, Object> claims) {
        Map<String, Object> all = new ConcurrentHashMap<>(claims);
        all.putAll(Map.of(
                "iss",
                issuer(),
                "aud",
                audience,
                "sub",
                "subject-1",
                "exp",
                Instant.now().getEpochSecond() + 300));
        String signed = base64(json.writeValueAsBytes(Map.of("alg", "RS256", "typ", "JWT", "kid", KEY_ID))) + "."
                + base64(json.writeValueAsBytes(all));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static Map<String, String> form(String text) {
        return Arrays.stream(Objects.requireNonNullElse(text, "").split("&", -1))
                .map(field -> field.split("=", 2))
                .filter(field -> field.length == 2)
                .collect(Collectors.toMap(
                        field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
    }

    private void answer(HttpExchange exchange, int status, Map<String, ?> document) throws IOException {
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        send(exchange, status, "application/json", json.writeValueAsBytes(document));
    }

    private static void html(HttpExchange exchange, String body) throws IOException {
        send(exchange, 200, "text/html", body.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
