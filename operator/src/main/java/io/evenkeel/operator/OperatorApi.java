package io.evenkeel.operator;

import io.evenkeel.operator.terminal.CommandFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator asks of a coordinator over HTTP. Safe for use by several threads. */
public final class OperatorApi {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Rounds the coordinator lists at once. */
    private static final int PAGE = 1000;

    private static final String JSON = "application/json";
    private static final String RUN_FILE = "application/vnd.evenkeel.run";
    private static final String BYTES = "application/octet-stream";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final JsonMapper json = new JsonMapper();
    private final String address;
    private final String root;
    private final String token;

    /**
     * @param coordinator its address without {@code /api}, such as {@code http://localhost:8080}
     * @param token the operator's token
     * @throws CommandFailure if the address has the API's path already
     */
    public OperatorApi(URI coordinator, String token) {
        this.address = coordinator.toString().replaceAll("/+$", "");
        if (address.matches(".*/api(/v1)?")) {
            throw new CommandFailure(
                    "the coordinator's address is '" + coordinator + "': leave out /api/v1, which is added to it");
        }
        this.root = address + "/api/v1";
        this.token = token;
    }

    /**
     * Creates a run.
     *
     * @param definition as the API documents it, with the run's name under {@code name}
     */
    public void createRun(Map<String, ?> definition) {
        send("POST", "/runs", JSON, BodyPublishers.ofByteArray(json.writeValueAsBytes(definition)));
    }

    /** Sets the model a created run starts from. */
    public void uploadModel(String run, double[] x) {
        ByteBuffer raw = ByteBuffer.allocate(Double.BYTES * x.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asDoubleBuffer().put(x);
        send("PUT", "/runs/" + run + "/model?dtype=float64", BYTES, BodyPublishers.ofByteArray(raw.array()));
    }

    /** Creates a token with which that many devices can enrol within the hour. */
    public String createEnrolmentToken(int uses, String description) {
        Map<String, ?> wish = Map.of("uses", uses, "expiresIn", "PT1H", "description", description);
        byte[] answer =
                send("POST", "/enrolment-tokens", JSON, BodyPublishers.ofByteArray(json.writeValueAsBytes(wish)));
        return parse(answer).path("token").asString();
    }

    /** Opens a created run's first round. */
    public void start(String run) {
        send("POST", "/runs/" + run + "/start", JSON, BodyPublishers.noBody());
    }

    /** Ends a run before its time. */
    public void cancel(String run) {
        send("POST", "/runs/" + run + "/cancel", JSON, BodyPublishers.noBody());
    }

    /** Returns the coordinator's address without {@code /api}. */
    public String address() {
        return address;
    }

    /** Returns a command to copy that changes a run's state, with the token from the environment. */
    public String commandFor(String run, String change) {
        return "curl -X POST -H \"Authorization: Bearer $EVENKEEL_OPERATOR_TOKEN\" " + root + "/runs/" + run + "/"
                + change;
    }

    /** Asks where a run stands. */
    public RunStatus status(String run) {
        return RunStatus.of(parse(get("/runs/" + run)));
    }

    /** Asks for a run's definition, and where it stands. */
    public RunDetails details(String run) {
        return RunDetails.of(json, parse(get("/runs/" + run)));
    }

    /** Lists the records of closed rounds, in order, from one on; not necessarily all there are. */
    public List<RoundFigures> rounds(String run, int from, int limit) {
        List<RoundFigures> rounds = new ArrayList<>();
        JsonNode list = parse(get("/runs/" + run + "/rounds?from=" + from + "&limit=" + limit));
        list.forEach(record -> rounds.add(RoundFigures.of(record)));
        return rounds;
    }

    /** Lists the records of all closed rounds, in order, page by page. */
    public List<RoundFigures> allRounds(String run) {
        List<RoundFigures> all = new ArrayList<>();
        List<RoundFigures> page;
        do {
            page = rounds(run, all.isEmpty() ? 0 : all.get(all.size() - 1).round() + 1, PAGE);
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    /** Fetches the model of a round as raw little-endian float64. */
    public byte[] model(String run, int round) {
        return get("/runs/" + run + "/rounds/" + round + "/model?dtype=float64");
    }

    /**
     * Has a run audited: is S the sum of all w_i g_i, as messages and snapshots give them?
     *
     * @return what is wrong, or nothing
     */
    public Optional<String> audit(String run) {
        JsonNode report = parse(send("POST", "/runs/" + run + "/audit", JSON, BodyPublishers.noBody()));
        return report.path("agrees").asBoolean(false)
                ? Optional.empty()
                : Optional.of("S and the sum of all w_i g_i are "
                        + report.path("absoluteDifference").asString("?") + " apart in coordinate "
                        + report.path("coordinate").asString("?"));
    }

    /** Writes a run's export to a file, without having it in memory. The file is the caller's to verify. */
    public void exportRun(String run, Path file) {
        String path = "/runs/" + run + "/export";
        HttpRequest request =
                request("GET", path, RUN_FILE, BodyPublishers.noBody()).build();
        exchange(
                "GET",
                path,
                request,
                info -> info.statusCode() / 100 == 2
                        ? BodySubscribers.mapping(BodySubscribers.ofFile(file), written -> new byte[0])
                        : BodySubscribers.ofByteArray());
    }

    /** Imports a run from a file and returns its name. */
    public String importRun(Path file) {
        try {
            String path = "/runs/import";
            HttpRequest request =
                    request("POST", path, RUN_FILE, BodyPublishers.ofFile(file)).build();
            return parse(exchange("POST", path, request, BodyHandlers.ofByteArray()))
                    .path("run")
                    .asString();
        } catch (FileNotFoundException e) {
            throw new OperatorException("there is no file " + file + ": correct its name", e);
        }
    }

    /**
     * Reads the coordinator's metrics in Prometheus' text format.
     *
     * @return their lines
     */
    public List<String> metrics() {
        String path = "/actuator/prometheus";
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + path))
                .header("Authorization", "Bearer " + token)
                .timeout(PATIENCE)
                .build();
        return new String(exchange("GET", path, request, BodyHandlers.ofByteArray()), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private byte[] get(String path) {
        return send("GET", path, JSON, BodyPublishers.noBody());
    }

    private byte[] send(String method, String path, String contentType, BodyPublisher body) {
        HttpRequest request =
                request(method, path, contentType, body).timeout(PATIENCE).build();
        return exchange(method, path, request, BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String method, String path, String contentType, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(root + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", contentType)
                .method(method, body);
    }

    private byte[] exchange(String method, String path, HttpRequest request, BodyHandler<byte[]> handler) {
        try {
            HttpResponse<byte[]> response = http.send(request, handler);
            if (response.statusCode() / 100 != 2) {
                throw new OperatorException(refusal(method, path, response));
            }
            return response.body();
        } catch (IOException e) {
            throw new OperatorException(
                    "no answer from " + root + " (" + e + "): check the address and that the coordinator runs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorException("interrupted during " + method + " " + path, e);
        }
    }

    private String refusal(String method, String path, HttpResponse<byte[]> response) {
        StringBuilder text = new StringBuilder(method + " " + path + " was answered " + response.statusCode());
        try {
            JsonNode problem = json.readTree(response.body());
            for (String part : List.of("title", "detail", "action")) {
                String value = problem.path(part).asString("");
                text.append(value.isEmpty() ? "" : "; " + value);
            }
        } catch (JacksonException e) {
            text.append("; ").append(new String(response.body(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            throw new OperatorException(root + " did not answer with JSON: is it a coordinator?", e);
        }
    }
}
