package io.evenkeel.coordinator.relay;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Problem;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a relay's requests for upstream models, roll-outs and evaluations, through the API for devices. Attempts each
 * request once, because the relay soon repeats it. Not thread-safe.
 */
final class UpstreamRequests {

    /** Allows 100 million values of 8 bytes, and the header. */
    private static final long MAX_FILE = 802_000_000;

    /** The maximum number of items in the response to a check-in. */
    static final int MAX_WORK = 100;

    private static final int PIECE = 4 << 20;
    private static final long MAX_JSON = 8L << 20;
    private static final String SHA256 = "[0-9a-f]{64}";
    private static final Pattern TAG = Pattern.compile("\"(" + SHA256 + ")-safetensors\"");
    private static final Pattern DIGEST = Pattern.compile("sha-256=:([A-Za-z0-9+/]{43}=):");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");
    private static final int NOT_MODIFIED = 304;
    private static final int PARTIAL = 206;

    private final String base;
    private final String secret;
    private final Transport transport;
    private final JsonMapper json;

    UpstreamRequests(String upstream, String secret, Transport transport, JsonMapper json) {
        this.base = (upstream.endsWith("/") ? upstream.substring(0, upstream.length() - 1) : upstream) + "/api/v1/";
        this.secret = secret;
        this.transport = transport;
        this.json = json;
    }

    /**
     * A version that the upstream coordinator offers this relay.
     *
     * @param number its number
     * @param sha256 the SHA-256 of its file, in hex
     * @param rollout the roll-out that offers it; null if it is the alias's version
     * @param baseline the alias's version during the roll-out
     */
    record Offer(int number, String sha256, @Nullable String rollout, int baseline) {}

    /**
     * Requests a version without its file.
     *
     * @param version its number, or {@code @} and an alias
     * @param known the SHA-256 of the files of versions that exist here
     */
    Offer version(String model, String version, Collection<String> known) throws IOException, InterruptedException {
        Request request = get(path(model, version), MAX_FILE).header("Range", "bytes=0-0");
        if (!known.isEmpty()) {
            request = request.header(
                    "If-None-Match", known.stream().map(UpstreamRequests::tag).collect(Collectors.joining(", ")));
        }
        Response response = transport.exchange(request);
        if (response.status() != NOT_MODIFIED) {
            accepted(request, response);
        }
        int number = number(response, "Evenkeel-Model-Version");
        String rollout = response.header("Evenkeel-Rollout").orElse(null);
        if (number == 0 || (rollout != null && !ID.matcher(rollout).matches())) {
            throw foreign(request);
        }
        return new Offer(number, sha256(request, response), rollout, number(response, "Evenkeel-Rollout-Baseline"));
    }

    private static String path(String model, String version) {
        return "models/" + model + "/versions/" + version + "?format=safetensors";
    }

    private static String tag(String sha256) {
        return "\"" + sha256 + "-safetensors\"";
    }

    private static int number(Response response, String header) {
        String text = response.header(header).orElse("");
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    }

    private static String sha256(Request request, Response response) {
        Matcher digest = DIGEST.matcher(response.header("Repr-Digest").orElse(""));
        if (digest.matches()) {
            return HexFormat.of().formatHex(Base64.getDecoder().decode(digest.group(1)));
        }
        Matcher tag = TAG.matcher(response.header("ETag").orElse(""));
        if (tag.find()) {
            return tag.group(1);
        }
        throw foreign(request);
    }

    private static EvenkeelException foreign(Request request) {
        return new EvenkeelException(
                "the response to " + request + " lacks the headers of an Evenkeel coordinator: check that no proxy"
                        + " removes them, and that its version matches this one's");
    }

    /**
     * Downloads a version's file; resumes an earlier download.
     *
     * @param to the target file, which may already contain the first part
     */
    void download(String model, Offer version, Path to) throws IOException, InterruptedException {
        long have = Files.exists(to) ? Files.size(to) : 0;
        long size = Long.MAX_VALUE;
        while (have < size) {
            Request request = get(path(model, String.valueOf(version.number())), MAX_FILE)
                    .header("Range", "bytes=" + have + "-" + (have + PIECE - 1))
                    .header("If-Range", tag(version.sha256()));
            Response response = accepted(request, transport.exchange(request));
            boolean isPart = response.status() == PARTIAL;
            // A proxy may have dropped the Range header.
            have = isPart ? have : 0;
            size = isPart ? size(request, response, have) : response.body().length;
            if (size > MAX_FILE || response.body().length == 0) {
                throw foreign(request);
            }
            try (OutputStream out = Files.newOutputStream(
                    to,
                    StandardOpenOption.CREATE,
                    isPart ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                out.write(response.body());
            }
            have += response.body().length;
        }
    }

    private static long size(Request request, Response response, long from) {
        Matcher range = Pattern.compile("bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15})")
                .matcher(response.header("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != from) {
            throw foreign(request);
        }
        return Long.parseLong(range.group(2));
    }

    /** Returns the information needed for a report on the roll-out: its state, and the metrics that it compares. */
    JsonNode terms(String rollout) throws IOException, InterruptedException {
        Request request = get("rollouts/" + rollout + "/reports/me", MAX_JSON);
        return parsed(request, accepted(request, transport.exchange(request)));
    }

    /** Reports on the version of a roll-out. */
    void report(String rollout, Map<String, ?> report) throws IOException, InterruptedException {
        put("rollouts/" + rollout + "/reports/me", report);
    }

    /** Checks in. */
    JsonNode work(int limit) throws IOException, InterruptedException {
        Request request = get("work?limit=" + limit, MAX_JSON);
        Response response = accepted(request, transport.exchange(request));
        return response.body().length == 0 ? json.createObjectNode() : parsed(request, response);
    }

    /** Sends the result of an evaluation. */
    void result(String evaluation, Map<String, ?> result) throws IOException, InterruptedException {
        put("evaluations/" + evaluation + "/results/me", result);
    }

    private void put(String path, Map<String, ?> body) throws IOException, InterruptedException {
        Request request = request("PUT", path, MAX_JSON).body("application/json", json.writeValueAsBytes(body));
        accepted(request, transport.exchange(request));
    }

    private JsonNode parsed(Request request, Response response) {
        try {
            return json.readTree(response.body());
        } catch (JacksonException e) {
            throw foreign(request);
        }
    }

    private Request get(String path, long maxBytes) {
        return request("GET", path, maxBytes);
    }

    private Request request(String method, String path, long maxBytes) {
        return Request.of(method, URI.create(base + path), maxBytes).header("Authorization", "Bearer " + secret);
    }

    private Response accepted(Request request, Response response) {
        if (response.isSuccess()) {
            return response;
        }
        String title = "status " + response.status() + " to " + request;
        JsonNode problem = json.createObjectNode();
        if (response.isJson()) {
            try {
                problem = json.readTree(response.body());
            } catch (JacksonException notOurs) {
                problem = json.createObjectNode();
            }
        }
        throw new CoordinatorException(new Problem(
                problem.path("type").asString("about:blank"),
                problem.path("title").asString(title),
                response.status(),
                problem.path("detail").asString(""),
                problem.path("action").asString("")));
    }
}
