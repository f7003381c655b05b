package io.evenkeel.tools;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends an operator's requests to a coordinator and reads the responses, JSON or files. Safe for use by
 * several threads.
 */
public final class CoordinatorClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int UNAVAILABLE = 500;
    private static final int PIECE = 1 << 16;
    private static final String EVENT = "event:";
    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final JsonMapper json = new JsonMapper();
    private final String address;
    private final String root;
    private final Supplier<String> token;

    /**
     * Creates a client; sends nothing yet.
     *
     * @param coordinator its address without {@code /api}, such as {@code http://localhost:8080}
     * @param token supplies the bearer token of each request
     * @throws CommandFailure if the address is not an HTTP address, or already contains the API's path
     */
    public CoordinatorClient(URI coordinator, Supplier<String> token) {
        this.address = coordinator.toString().replaceAll("/+$", "");
        String scheme = coordinator.getScheme();
        if (coordinator.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the coordinator's address is '" + coordinator
                            + "': expected an address such as http://localhost:8080");
        }
        if (address.matches(".*/api(/v1)?")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the coordinator's address is '" + coordinator + "': leave out /api/v1, which is added to it");
        }
        this.root = address + "/api/v1";
        this.token = token;
    }

    /** Returns the coordinator's address without {@code /api}. */
    public String address() {
        return address;
    }

    /** Fetches a document. */
    public JsonNode get(ApiPath path) {
        return parse(bytes(request("GET", root + path, JSON, BodyPublishers.noBody())));
    }

    /** Fetches a document again if it has changed; {@code last} is the previous response. */
    public Conditional getIfChanged(ApiPath path, @Nullable Conditional last) {
        HttpRequest.Builder request = request("GET", root + path, JSON, BodyPublishers.noBody());
        if (last != null && last.tag() != null) {
            request.header("If-None-Match", last.tag());
        }
        HttpResponse<byte[]> response = exchange(request.timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
        if (response.statusCode() == NOT_MODIFIED && last != null) {
            return new Conditional(last.content(), last.tag(), false);
        }
        String tag = response.headers().firstValue("ETag").orElse(null);
        JsonNode content = parse(successful(response));
        return new Conditional(content, tag, last == null || !content.equals(last.content()));
    }

    /**
     * Reads a stream of server-sent events until it ends, and passes on the type of each.
     *
     * @param opened runs when the stream is open
     * @return whether the stream may continue with another request; false if there are no more events
     */
    public boolean events(ApiPath path, Runnable opened, Consumer<String> type) {
        HttpRequest request = request("GET", root + path, JSON, BodyPublishers.noBody())
                .header("Accept", "text/event-stream")
                .build();
        HttpResponse<InputStream> response = exchange(request, BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != OK) {
                return response.statusCode() >= UNAVAILABLE;
            }
            opened.run();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EVENT)) {
                    type.accept(line.substring(EVENT.length()).strip());
                }
            }
            return true;
        } catch (IOException e) {
            throw new OperatorException(ExitCode.UNAVAILABLE, "the stream of " + address + " broke (" + e + ")", e);
        }
    }

    /**
     * Posts a document, or no body if it is null, and returns the response; a missing node if the response is
     * empty.
     */
    public JsonNode post(ApiPath path, @Nullable Object document) {
        BodyPublisher body = document == null
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(json.writeValueAsBytes(document));
        return parse(bytes(request("POST", root + path, JSON, body)));
    }

    /** Posts an empty body, and waits for a response that may take hours. */
    public JsonNode postAndWait(ApiPath path) {
        HttpRequest.Builder request = request("POST", root + path, JSON, BodyPublishers.noBody());
        return parse(successful(exchange(request.build(), BodyHandlers.ofByteArray())));
    }

    /** Changes the resource at the path with a JSON merge patch (RFC 7396), and returns the response. */
    public JsonNode patch(ApiPath path, Object document) {
        BodyPublisher body = BodyPublishers.ofByteArray(json.writeValueAsBytes(document));
        return parse(bytes(request("PATCH", root + path, MERGE_PATCH, body)));
    }

    public void delete(ApiPath path) {
        bytes(request("DELETE", root + path, JSON, BodyPublishers.noBody()));
    }

    public byte[] download(ApiPath path) {
        return bytes(request("GET", root + path, JSON, BodyPublishers.noBody()));
    }

    /**
     * Streams the resource at the path to a file. A broken connection can look like the end of the file.
     *
     * @throws CommandFailure if the coordinator refuses it or cannot be reached, or if the file cannot be written
     */
    public void download(ApiPath path, Path file) {
        HttpRequest request =
                request("GET", root + path, JSON, BodyPublishers.noBody()).build();
        HttpResponse<InputStream> response = exchange(request, BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() / 100 != 2) {
                throw Refusal.of(response, body.readAllBytes());
            }
            write(body, file);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private void write(InputStream body, Path file) {
        byte[] piece = new byte[PIECE];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int length = read(body, piece); length >= 0; length = read(body, piece)) {
                out.write(piece, 0, length);
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " cannot be written (" + e + "): check the folder and the free space on the disk", e);
        }
    }

    private int read(InputStream body, byte[] piece) {
        try {
            return body.read(piece);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Sends a file with POST or PUT, without a time limit, and returns the response. */
    public JsonNode upload(String method, ApiPath path, String mediaType, Path file) {
        try {
            return upload(method, path, mediaType, BodyPublishers.ofFile(file));
        } catch (FileNotFoundException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file + ": correct its name", e);
        }
    }

    /** Sends bytes with POST or PUT and returns the response. */
    public JsonNode upload(String method, ApiPath path, String mediaType, byte[] content) {
        return upload(method, path, mediaType, BodyPublishers.ofByteArray(content));
    }

    private JsonNode upload(String method, ApiPath path, String mediaType, BodyPublisher body) {
        HttpRequest request = request(method, root + path, mediaType, body).build();
        return parse(successful(exchange(request, BodyHandlers.ofByteArray())));
    }

    /** Fetches the resource at a path outside the API, such as {@code /actuator/prometheus}. */
    public byte[] outsideApi(String path) {
        return bytes(request("GET", address + path, JSON, BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String method, String url, String mediaType, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token.get())
                .header("Content-Type", mediaType)
                .method(method, body);
    }

    private byte[] bytes(HttpRequest.Builder request) {
        return successful(exchange(request.timeout(TIMEOUT).build(), BodyHandlers.ofByteArray()));
    }

    private byte[] successful(HttpResponse<byte[]> response) {
        if (response.statusCode() / 100 != 2) {
            throw Refusal.of(response, response.body());
        }
        return response.body();
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorException(
                    ExitCode.FAILED, "interrupted during " + request.method() + " " + request.uri(), e);
        }
    }

    private OperatorException unreachable(IOException e) {
        return new OperatorException(ExitCode.UNAVAILABLE, NetworkFault.describe(e, URI.create(address)), e);
    }

    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            throw new OperatorException(
                    ExitCode.FAILED, address + " did not respond with JSON: is it a coordinator?", e);
        }
    }
}
