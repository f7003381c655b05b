package io.evenkeel.tools;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.Program;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the coordinator's HTTP API for operators. Thread-safe. */
public final class OperatorApi {

    /** The maximum number of rounds that the coordinator lists at once. */
    private static final int PAGE = 1000;

    private static final String EXPORT_FILE = "application/vnd.evenkeel.export";
    private static final String BYTES = "application/octet-stream";

    private final CoordinatorClient client;

    /**
     * Creates a client; nothing is sent yet.
     *
     * @param coordinator its address without {@code /api}, such as {@code http://localhost:8080}
     * @param token the operator's token
     * @throws CommandFailure if the address contains the API's path
     */
    public OperatorApi(URI coordinator, String token) {
        this(new CoordinatorClient(coordinator, () -> token));
    }

    /** Creates an API over a client. */
    public OperatorApi(CoordinatorClient client) {
        this.client = client;
    }

    /**
     * Creates a run.
     *
     * @param definition the definition as in the API, with the run's name under {@code name}
     */
    public void createRun(Map<String, ?> definition) {
        client.post(ApiPath.of("runs"), definition);
    }

    /** Sets the initial model of a created run. */
    public void uploadModel(String run, double[] x) {
        ByteBuffer raw = ByteBuffer.allocate(Double.BYTES * x.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asDoubleBuffer().put(x);
        client.upload("PUT", ApiPath.of("runs", run, "model").with("dtype", "float64"), BYTES, raw.array());
    }

    /** Creates a token with which {@code uses} devices can enrol within the hour. */
    public String createEnrolmentToken(int uses, String description) {
        Map<String, ?> wish = Map.of("uses", uses, "expiresIn", "PT1H", "description", description);
        return client.post(ApiPath.of("enrolment-tokens"), wish).path("token").asString();
    }

    /** Opens a created run's first round. */
    public void start(String run) {
        client.post(ApiPath.of("runs", run, "start"), null);
    }

    public void cancel(String run) {
        client.post(ApiPath.of("runs", run, "cancel"), null);
    }

    /** Returns the coordinator's address without {@code /api}. */
    public String address() {
        return client.address();
    }

    /**
     * Returns a shell command that changes a run's state; it takes the token from the user's environment or
     * context.
     */
    public String commandFor(String run, String change) {
        return Program.invocation() + " runs " + change + " " + run + " --coordinator " + client.address();
    }

    public RunStatus status(String run) {
        return RunStatus.of(client.get(ApiPath.of("runs", run)));
    }

    /** Returns a run's definition and status. */
    public RunDetails details(String run) {
        return RunDetails.of(new JsonMapper(), client.get(ApiPath.of("runs", run)));
    }

    /**
     * Returns records of closed rounds in order, starting at {@code from}; a response may contain only some
     * of them.
     */
    public List<RoundFigures> rounds(String run, int from, int limit) {
        List<RoundFigures> rounds = new ArrayList<>();
        JsonNode list =
                client.get(ApiPath.of("runs", run, "rounds").with("from", from).with("limit", limit));
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

    /** Lists a run's newest recorded events, up to 1,000, newest first. */
    public List<JsonNode> events(String run) {
        List<JsonNode> events = new ArrayList<>();
        client.get(ApiPath.of("runs", run, "event-log").with("limit", 1000)).forEach(events::add);
        return events;
    }

    /** Fetches the coordinator's model of a round as raw little-endian float64. */
    public byte[] model(String run, int round) {
        return model(run, round, "coordinator");
    }

    /** Fetches the model on which devices compute in a round, as raw little-endian float64. */
    public byte[] devicesModel(String run, int round) {
        return model(run, round, "devices");
    }

    /** Decodes a model that {@link #model} or {@link #devicesModel} has fetched. */
    public static double[] values(byte[] model) {
        double[] values = new double[model.length / Double.BYTES];
        ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
        return values;
    }

    private byte[] model(String run, int round, String holder) {
        return client.download(ApiPath.of("runs", run, "rounds", Integer.toString(round), "model")
                .with("dtype", "float64")
                .with("holder", holder));
    }

    /**
     * Verifies a run: compares S with the sum of all w_i g_i, computed from messages and snapshots.
     *
     * @return the difference found, or empty
     */
    public Optional<String> audit(String run) {
        JsonNode report = client.postAndWait(ApiPath.of("runs", run, "audit"));
        return report.path("agrees").asBoolean(false)
                ? Optional.empty()
                : Optional.of("S and the sum of all w_i g_i are "
                        + report.path("absoluteDifference").asString("?") + " apart in coordinate "
                        + report.path("coordinate").asString("?"));
    }

    /** Streams a run's export to a file. Does not verify the file. */
    public void exportRun(String run, Path file) {
        client.download(ApiPath.of("runs", run, "export"), file);
    }

    /** Streams the export of a registered model to a file. Does not verify the file. */
    public void exportModel(String model, Path file) {
        client.download(ApiPath.of("models", model, "export"), file);
    }

    /** Streams the export of everything to a file. Does not verify the file. */
    public void exportAll(Path file) {
        client.download(ApiPath.of("export"), file);
    }

    /** Imports an export and returns what was imported, as the coordinator lists it. */
    public JsonNode importFile(Path file) {
        return client.upload("POST", ApiPath.of("import"), EXPORT_FILE, file);
    }

    /**
     * Reads the coordinator's metrics in Prometheus' text format.
     *
     * @return their lines
     */
    public List<String> metrics() {
        return new String(client.outsideApi("/actuator/prometheus"), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
