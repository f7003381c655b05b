package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends one caller's requests to the coordinator under test. */
public final class Http {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Supplier<String> endpoint;
    private final String token;

    public Http(String endpoint, String token) {
        this(() -> endpoint, token);
    }

    /** Evaluates the coordinator's address before each request. */
    public Http(Supplier<String> endpoint, String token) {
        this.endpoint = endpoint;
        this.token = token;
    }

    public String token() {
        return token;
    }

    public Http at(String otherEndpoint) {
        return new Http(otherEndpoint, token);
    }

    public Reply get(String path, String... headers) {
        return send("GET", path, null, null, headers);
    }

    public Reply delete(String path) {
        return send("DELETE", path, null, null);
    }

    public Reply post(String path) {
        return send("POST", path, null, null);
    }

    public Reply post(String path, String type, byte[] body) {
        return send("POST", path, type, body);
    }

    public Reply postJson(String path, String json) {
        return send("POST", path, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    public Reply patch(String path, String json) {
        return send("PATCH", path, "application/merge-patch+json", json.getBytes(StandardCharsets.UTF_8));
    }

    public Reply putJson(String path, String json) {
        return put(path, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    public Reply patch(String path, String type, byte[] body, String... headers) {
        return send("PATCH", path, type, body, headers);
    }

    public Reply put(String path, String type, byte[] body) {
        return send("PUT", path, type, body);
    }

    public CompletableFuture<Reply> later(String path) {
        return CLIENT.sendAsync(request("GET", path, null, null), BodyHandlers.ofByteArray())
                .thenApply(answer -> new Reply(answer.statusCode(), answer.headers(), answer.body()));
    }

    private Reply send(String method, String path, @Nullable String type, byte @Nullable [] body, String... headers) {
        try {
            var answer = CLIENT.send(request(method, path, type, body, headers), BodyHandlers.ofByteArray());
            return new Reply(answer.statusCode(), answer.headers(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(
            String method, String path, @Nullable String type, byte @Nullable [] body, String... headers) {
        BodyPublisher publisher = body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.get() + "/api/v1" + path))
                .method(method, publisher);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }
}
