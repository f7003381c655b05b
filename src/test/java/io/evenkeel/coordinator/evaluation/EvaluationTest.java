package io.evenkeel.coordinator.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.selection.DeviceFraction;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CoordinatorTest
class EvaluationTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private EvaluationEnding ending;

    @Autowired
    private EvaluationPruning pruning;

    private Http operator;
    private Scene scene;
    private String name;

    /** A device with its id. */
    private record Device(String client, Http http) {}

    @BeforeEach
    void startRun() {
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        name = Scene.newName() + "-check";
        scene = new Scene(api.endpoint(), jdbc, name + "-run", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "")
                .members(1)
                .start();
    }

    @AfterEach
    void endEvaluation() {
        operator.post("/evaluations/" + name + "/cancel");
        scene.act("cancel");
    }

    private Reply create(String more) {
        return operator.postJson(
                "/evaluations",
                "{\"name\": \"" + name + "\", \"run\": \"" + scene.run + "\"" + (more.isEmpty() ? "" : ", " + more)
                        + "}");
    }

    private JsonNode show() {
        return new JsonMapper().readTree(operator.get("/evaluations/" + name).body());
    }

    private JsonNode metric(String wanted) {
        for (JsonNode metric : show().path("metrics")) {
            if (metric.path("name").asString().equals(wanted)) {
                return metric;
            }
        }
        throw new AssertionError("no metric " + wanted);
    }

    private Device device(String attributes) {
        String client = Credential.newId();
        String secret = Credential.newDeviceToken(client);
        Scene.enrol(jdbc, client, secret);
        Http http = new Http(api.endpoint(), secret);
        if (!attributes.isEmpty()) {
            assertThat(http.putJson("/clients/me/attributes", "{\"attributes\": " + attributes + "}")
                            .status())
                    .isEqualTo(204);
        }
        return new Device(client, http);
    }

    private Reply send(Device device, String body) {
        return device.http().putJson("/evaluations/" + name + "/results/me", body);
    }

    private static String result(long samples, double accuracy) {
        return "{\"samples\": " + samples + ", \"metrics\": {\"accuracy\": " + accuracy + "}}";
    }

    private List<JsonNode> evaluationsFor(Device device) {
        Reply work = device.http().get("/work?limit=10");
        List<JsonNode> found = new ArrayList<>();
        if (work.status() == 200) {
            for (JsonNode item : new JsonMapper().readTree(work.body()).path("work")) {
                if (item.path("details").path("evaluation").asString("").equals(name)) {
                    found.add(item);
                }
            }
        }
        return found;
    }

    @Test
    void measuresTheNewestModelOfARun() {
        Reply created = create("");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.get("state")).isEqualTo("open");
        assertThat(created.get("round")).isEqualTo("0");
        Device device = device("");
        JsonNode item = evaluationsFor(device).get(0);
        assertThat(item.path("kind").asString()).isEqualTo("evaluate");
        String path = item.path("details").path("path").asString();
        assertThat(path).isEqualTo("/api/v1/runs/" + scene.run + "/rounds/0/model");
        assertThat(device.http().get(path.replace("/api/v1", "")).status()).isEqualTo(200);
        assertThat(send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(evaluationsFor(device)).isEmpty();
    }

    @Test
    void computesMeansAndDecilesOverDevices() {
        create("");
        for (int i = 1; i <= 11; i++) {
            assertThat(send(device(""), result(i, i / 10.0)).status()).isEqualTo(204);
        }
        JsonNode accuracy = metric("accuracy");
        assertThat(accuracy.path("devices").asInt()).isEqualTo(11);
        assertThat(accuracy.path("samples").asDouble()).isEqualTo(66);
        assertThat(accuracy.path("mean").asDouble()).isCloseTo(0.6, within(1e-12));
        double squares = IntStream.rangeClosed(1, 11).mapToDouble(i -> i * i).sum();
        assertThat(accuracy.path("weightedMean").asDouble()).isCloseTo(squares / 660, within(1e-12));
        for (int i = 0; i < 9; i++) {
            assertThat(accuracy.path("deciles").get(i).asDouble()).isCloseTo((i + 2) / 10.0, within(1e-12));
        }
    }

    @Test
    void showsGroupsWithEnoughDevicesAndTheWorst() {
        create("\"breakdown\": [\"region\"], \"goals\": {\"rmse\": \"min\"}");
        for (int i = 0; i < 6; i++) {
            String both = "{\"samples\": 1, \"metrics\": {\"accuracy\": %s, \"rmse\": %s}}";
            send(device("{\"region\": \"eu\"}"), both.formatted("0.9", "3"));
            send(device("{\"region\": \"us\"}"), both.formatted("0.5", "1"));
            if (i < 4) {
                send(device("{\"region\": \"ap\"}"), both.formatted("0.1", "9"));
            }
        }
        JsonNode regions = metric("accuracy").path("groups").path("region");
        assertThat(regions).hasSize(3);
        assertThat(regions.get(2).path("value").asString()).isEqualTo("ap");
        assertThat(regions.get(2).path("tooFew").asBoolean()).isTrue();
        assertThat(regions.get(2).path("devices").asInt()).isEqualTo(4);
        assertThat(regions.get(2).has("mean")).isFalse();
        JsonNode worst = metric("accuracy").path("worst").path("region");
        assertThat(worst.path("value").asString()).isEqualTo("us");
        assertThat(worst.path("gap").asDouble()).isCloseTo((5.4 + 3 + 0.4) / 16 - 0.5, within(1e-12));
        assertThat(metric("rmse").path("worst").path("region").path("value").asString())
                .isEqualTo("eu");
    }

    @Test
    void callsNoGroupTheWorstIfNoOtherHasFigures() {
        create("\"breakdown\": [\"region\"]");
        for (int i = 0; i < 5; i++) {
            send(device("{\"region\": \"eu\"}"), result(1, 0.5));
        }
        send(device("{\"region\": \"us\"}"), result(1, 0.1));
        assertThat(metric("accuracy").path("worst")).isEmpty();
    }

    @Test
    void takesEachDevicesResultOnce() {
        create("");
        Device device = device("");
        assertThat(send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(send(device, result(10, 0.6)).problem()).isEqualTo("conflict");
        operator.post("/evaluations/" + name + "/cancel");
        assertThat(send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(send(device(""), result(10, 0.5)).problem()).isEqualTo("evaluation-closed");
        assertThat(show().path("results").asInt()).isEqualTo(1);
        assertThat(metric("accuracy").path("mean").asDouble()).isEqualTo(0.5);
    }

    @Test
    void countsAResultThatArrivesSeveralTimesAtOnceOnce() {
        create("");
        Device device = device("");
        List<CompletableFuture<Integer>> sent = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> send(device, result(10, 0.5)).status()))
                .toList();
        assertThat(sent).extracting(CompletableFuture::join).containsOnly(204);
        assertThat(show().path("results").asInt()).isEqualTo(1);
    }

    @Test
    void endsWithItsMaximumOfResults() {
        create("\"participants\": {\"min\": 1, \"max\": 2}");
        send(device(""), result(1, 0.5));
        send(device(""), result(1, 0.5));
        Device late = device("");
        assertThat(evaluationsFor(late)).isEmpty();
        Reply refused = send(late, result(1, 0.5));
        assertThat(refused.problem()).isEqualTo("evaluation-closed");
        assertThat(refused.get("state")).isEqualTo("finished");
        assertThat(show().path("results").asInt()).isEqualTo(2);
    }

    @Test
    void failsIfItsTimeIsUpWithTooFewResults() {
        create("\"participants\": {\"min\": 2}, \"time\": \"60s\"");
        Device device = device("");
        send(device(""), result(1, 0.5));
        clock.advance(Duration.ofSeconds(61));
        assertThat(show().path("state").asString()).isEqualTo("failed");
        assertThat(send(device, result(1, 0.5)).problem()).isEqualTo("evaluation-closed");
        assertThat(evaluationsFor(device)).isEmpty();
        assertThat(operator.post("/evaluations/" + name + "/cancel").problem()).isEqualTo("evaluation-closed");
    }

    @Test
    void keepsTheStatisticsWhenTheResultsOfDevicesAreDeleted() {
        create("\"breakdown\": [\"region\"], \"participants\": {\"min\": 1, \"max\": 10}");
        for (int i = 0; i < 10; i++) {
            send(device("{\"region\": \"" + (i < 5 ? "eu" : "us") + "\"}"), result(1, i / 10.0));
        }
        JsonNode before = show().path("metrics");
        ending.due().forEach(ending::end);
        assertThat(show().path("metrics")).isEqualTo(before);
        pruning.work();
        assertThat(rows("evaluation_value")).as("lately").isEqualTo(10);
        jdbc.update(
                "UPDATE evaluation SET ended_at = ? WHERE name = ?",
                clock.instant().minus(Duration.ofDays(91)).atOffset(ZoneOffset.UTC),
                name);

        pruning.work();

        assertThat(List.of(rows("evaluation_value"), rows("evaluation_group"), rows("evaluation_result")))
                .containsOnly(0);
        assertThat(show().path("metrics")).isEqualTo(before);
        assertThat(show().path("results").asInt()).isEqualTo(10);
        assertThat(show().has("resultsDeletedAt")).isTrue();
        assertThat(send(device("{\"region\": \"eu\"}"), result(1, 0.5)).problem())
                .isEqualTo("evaluation-closed");
    }

    private int rows(String table) {
        return Objects.requireNonNull(jdbc.queryForObject(
                "SELECT COUNT(*) FROM " + table + " WHERE evaluation = (SELECT id FROM evaluation WHERE name = ?)",
                Integer.class,
                name));
    }

    @Test
    void tellsWebhooksOfItsBeginAndItsEndWithTheWorstGroups() {
        String webhook = operator.postJson(
                        "/webhooks",
                        "{\"url\": \"https://evenkeel.example/hooks\", \"events\": [\"evaluation.started\","
                                + " \"evaluation.finished\", \"evaluation.failed\", \"evaluation.cancelled\"]}")
                .get("id");
        create("\"breakdown\": [\"region\"], \"participants\": {\"min\": 1, \"max\": 10}");
        for (int i = 0; i < 10; i++) {
            send(device("{\"region\": \"" + (i < 5 ? "eu" : "us") + "\"}"), result(1, i < 5 ? 0.9 : 0.5));
        }
        ending.due().forEach(ending::end);
        ending.due().forEach(ending::end);

        List<JsonNode> sent = jdbc
                .queryForList(
                        "SELECT payload FROM webhook_delivery WHERE webhook_id = ? ORDER BY id", String.class, webhook)
                .stream()
                .map(payload -> new JsonMapper().readTree(payload))
                .filter(event ->
                        event.path("data").path("evaluation").asString().equals(name))
                .toList();
        operator.delete("/webhooks/" + webhook);
        assertThat(sent)
                .extracting(event -> event.path("type").asString())
                .containsExactly("evaluation.started", "evaluation.finished");
        JsonNode worst = sent.get(1).path("data").path("worst").get(0);
        assertThat(worst.path("metric").asString()).isEqualTo("accuracy");
        assertThat(worst.path("attribute").asString()).isEqualTo("region");
        assertThat(worst.path("value").asString()).isEqualTo("us");
        assertThat(worst.path("gap").asDouble()).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void asksTheChosenShareOfDevicesAlone() {
        create("\"devices\": {\"selector\": \"region=eu\", \"share\": 0.5, \"seed\": \"half\"}");
        for (int i = 0; i < 10; i++) {
            Device device = device("{\"region\": \"eu\"}");
            boolean chosen = DeviceFraction.of("half", device.client()) < 0.5;
            assertThat(evaluationsFor(device)).hasSize(chosen ? 1 : 0);
            Reply sent = send(device, result(1, 0.5));
            assertThat(sent.status()).isEqualTo(chosen ? 204 : 403);
        }
        assertThat(send(device("{\"region\": \"us\"}"), result(1, 0.5)).problem())
                .isEqualTo("device-not-chosen");
    }

    @Test
    void drawsAboutTheWantedNumberOfDevices() {
        for (int i = 0; i < 4; i++) {
            device("{\"batch\": \"" + name + "\"}");
        }
        Reply created = create("\"devices\": {\"selector\": \"batch=" + name + "\", \"number\": 1}");
        assertThat(created.get("devices")).contains("share=0.25");
    }

    @Test
    void refusesResultsThatAreNone() {
        create("");
        Device device = device("");
        for (String wrong : List.of(
                "{}",
                "{\"samples\": 1}",
                "{\"samples\": 1, \"metrics\": {}}",
                "{\"samples\": 0, \"metrics\": {\"a\": 1}}",
                "{\"samples\": 1, \"metrics\": {\"a\": 1e31}}",
                "{\"samples\": 1, \"metrics\": {\"a\": null}}",
                "{\"samples\": 1, \"metrics\": {\"A b\": 1}}")) {
            assertThat(send(device, wrong).problem()).as(wrong).isEqualTo("invalid");
        }
        assertThat(show().path("results").asInt()).isZero();
    }

    @Test
    void refusesRequestsThatNameNoModel() {
        for (String wrong :
                List.of("{}", "{\"model\": \"m\"}", "{\"run\": \"r\", \"model\": \"m\", \"version\": \"1\"}")) {
            assertThat(operator.postJson("/evaluations", wrong).problem())
                    .as(wrong)
                    .isEqualTo("invalid");
        }
        assertThat(operator.postJson("/evaluations", "{\"run\": \"none\"}").problem())
                .isEqualTo("run-not-found");
        assertThat(operator.postJson("/evaluations", "{\"model\": \"none\", \"version\": \"1\"}")
                        .problem())
                .isEqualTo("model-not-found");
        create("");
        assertThat(create("").problem()).isEqualTo("name-taken");
        assertThat(operator.get("/evaluations/none").problem()).isEqualTo("evaluation-not-found");
    }
}
