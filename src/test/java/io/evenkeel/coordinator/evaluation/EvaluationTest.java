package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.evaluation.EvaluatedRun.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.evaluation.EvaluatedRun.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.engine.selection.DeviceFraction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

@CoordinatorTest
class EvaluationTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private EvaluatedRun evaluation;

    @BeforeEach
    void startRun() {
        evaluation = new EvaluatedRun(api, jdbc);
    }

    @AfterEach
    void endRun() {
        evaluation.close();
    }

    @Test
    void measuresTheNewestModelOfARun() {
        Reply created = evaluation.create("");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.get("state")).isEqualTo("open");
        assertThat(created.get("round")).isEqualTo("0");
        Device device = evaluation.device("");
        JsonNode item = evaluation.workFor(device).get(0);
        assertThat(item.path("kind").asString()).isEqualTo("evaluate");
        String path = item.path("details").path("path").asString();
        assertThat(path).isEqualTo("/api/v1/runs/" + evaluation.scene.run + "/rounds/0/model");
        assertThat(device.http().get(path.replace("/api/v1", "")).status()).isEqualTo(200);
        assertThat(evaluation.send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(evaluation.workFor(device)).isEmpty();
    }

    @Test
    void computesMeansAndDecilesOverDevices() {
        evaluation.create("");
        for (int i = 1; i <= 11; i++) {
            assertThat(evaluation
                            .send(evaluation.device(""), result(i, i / 10.0))
                            .status())
                    .isEqualTo(204);
        }
        JsonNode accuracy = evaluation.metric("accuracy");
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
        evaluation.create("\"breakdown\": [\"region\"], \"goals\": {\"rmse\": \"min\"}");
        for (int i = 0; i < 6; i++) {
            String both = "{\"samples\": 1, \"metrics\": {\"accuracy\": %s, \"rmse\": %s}}";
            evaluation.send(evaluation.device("{\"region\": \"eu\"}"), both.formatted("0.9", "3"));
            evaluation.send(evaluation.device("{\"region\": \"us\"}"), both.formatted("0.5", "1"));
            if (i < 4) {
                evaluation.send(evaluation.device("{\"region\": \"ap\"}"), both.formatted("0.1", "9"));
            }
        }
        JsonNode regions = evaluation.metric("accuracy").path("groups").path("region");
        assertThat(regions).hasSize(3);
        assertThat(regions.get(2).path("value").asString()).isEqualTo("ap");
        assertThat(regions.get(2).path("tooFew").asBoolean()).isTrue();
        assertThat(regions.get(2).path("devices").asInt()).isEqualTo(4);
        assertThat(regions.get(2).has("mean")).isFalse();
        JsonNode worst = evaluation.metric("accuracy").path("worst").path("region");
        assertThat(worst.path("value").asString()).isEqualTo("us");
        assertThat(worst.path("gap").asDouble()).isCloseTo((5.4 + 3 + 0.4) / 16 - 0.5, within(1e-12));
        assertThat(evaluation
                        .metric("rmse")
                        .path("worst")
                        .path("region")
                        .path("value")
                        .asString())
                .isEqualTo("eu");
    }

    @Test
    void acceptsEachDevicesResultOnce() {
        evaluation.create("");
        Device device = evaluation.device("");
        assertThat(evaluation.send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(evaluation.send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(evaluation.send(device, result(10, 0.6)).problem()).isEqualTo("conflict");
        evaluation.cancel();
        assertThat(evaluation.send(device, result(10, 0.5)).status()).isEqualTo(204);
        assertThat(evaluation.send(evaluation.device(""), result(10, 0.5)).problem())
                .isEqualTo("evaluation-closed");
        assertThat(evaluation.show().path("results").asInt()).isEqualTo(1);
        assertThat(evaluation.metric("accuracy").path("mean").asDouble()).isEqualTo(0.5);
    }

    @Test
    void countsConcurrentCopiesOfAResultOnce() {
        evaluation.create("");
        Device device = evaluation.device("");
        List<CompletableFuture<Integer>> sent = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> evaluation.send(device, result(10, 0.5)).status()))
                .toList();
        assertThat(sent).extracting(CompletableFuture::join).containsOnly(204);
        assertThat(evaluation.show().path("results").asInt()).isEqualTo(1);
    }

    @Test
    void asksOnlyTheChosenShareOfDevices() {
        evaluation.create("\"devices\": {\"selector\": \"region=eu\", \"share\": 0.5, \"seed\": \"half\"}");
        for (int i = 0; i < 10; i++) {
            Device device = evaluation.device("{\"region\": \"eu\"}");
            boolean chosen = DeviceFraction.of("half", device.client()) < 0.5;
            assertThat(evaluation.workFor(device)).hasSize(chosen ? 1 : 0);
            Reply sent = evaluation.send(device, result(1, 0.5));
            assertThat(sent.status()).isEqualTo(chosen ? 204 : 403);
        }
        assertThat(evaluation
                        .send(evaluation.device("{\"region\": \"us\"}"), result(1, 0.5))
                        .problem())
                .isEqualTo("device-not-chosen");
    }

    @Test
    void listsTheDevicesAskedAndThoseThatHaveAnswered() {
        String shelf = "{\"shelf\": \"" + evaluation.name + "\"}";
        List<Device> devices =
                IntStream.range(0, 8).mapToObj(i -> evaluation.device(shelf)).toList();
        evaluation.create(
                "\"devices\": {\"selector\": \"shelf=" + evaluation.name + "\", \"share\": 0.6, \"seed\": \"some\"}");
        List<Device> chosen = devices.stream()
                .filter(device -> DeviceFraction.of("some", device.client()) < 0.6)
                .toList();
        chosen.stream().limit(1).forEach(device -> evaluation.send(device, result(1, 0.5)));
        String path = "/evaluations/" + evaluation.name + "/devices";

        Reply missing = evaluation.operator.get(path);

        int answered = Math.min(1, chosen.size());
        assertThat(missing.number("asked")).isEqualTo(chosen.size());
        assertThat(missing.number("answered")).isEqualTo(answered);
        assertThat(missing.json().get("complete")).isEqualTo(true);
        assertThat((List<?>) missing.json().get("devices")).hasSize(chosen.size() - answered);
        assertThat((List<?>)
                        evaluation.operator.get(path + "?answered=true").json().get("devices"))
                .hasSize(answered);
        assertThat(evaluation.operator.get("/evaluations/none/devices").problem())
                .isEqualTo("evaluation-not-found");
        chosen.stream()
                .limit(1)
                .forEach(device -> assertThat(evaluation
                                .operator
                                .get("/clients/" + device.client() + "/evaluations")
                                .jsonList())
                        .singleElement()
                        .satisfies(one -> assertThat(one).containsEntry("evaluation", evaluation.name)));
    }

    @Test
    void drawsAboutTheRequestedNumberOfDevices() {
        for (int i = 0; i < 4; i++) {
            evaluation.device("{\"batch\": \"" + evaluation.name + "\"}");
        }
        Reply created =
                evaluation.create("\"devices\": {\"selector\": \"batch=" + evaluation.name + "\", \"number\": 1}");
        assertThat(created.get("devices")).contains("share=0.25");
    }

    @Test
    void refusesInvalidResults() {
        evaluation.create("");
        Device device = evaluation.device("");
        for (String wrong : List.of(
                "{}",
                "{\"samples\": 1}",
                "{\"samples\": 1, \"metrics\": {}}",
                "{\"samples\": 0, \"metrics\": {\"a\": 1}}",
                "{\"samples\": 1, \"metrics\": {\"a\": 1e31}}",
                "{\"samples\": 1, \"metrics\": {\"a\": null}}",
                "{\"samples\": 1, \"metrics\": {\"A b\": 1}}")) {
            assertThat(evaluation.send(device, wrong).problem()).as(wrong).isEqualTo("invalid");
        }
        assertThat(evaluation.show().path("results").asInt()).isZero();
    }

    @Test
    void refusesRequestsThatNameNoModel() {
        for (String wrong :
                List.of("{}", "{\"model\": \"m\"}", "{\"run\": \"r\", \"model\": \"m\", \"version\": \"1\"}")) {
            assertThat(evaluation.operator.postJson("/evaluations", wrong).problem())
                    .as(wrong)
                    .isEqualTo("invalid");
        }
        assertThat(evaluation
                        .operator
                        .postJson("/evaluations", "{\"run\": \"none\"}")
                        .problem())
                .isEqualTo("run-not-found");
        assertThat(evaluation
                        .operator
                        .postJson("/evaluations", "{\"model\": \"none\", \"version\": \"1\"}")
                        .problem())
                .isEqualTo("model-not-found");
        evaluation.create("");
        assertThat(evaluation.create("").problem()).isEqualTo("name-taken");
        assertThat(evaluation.operator.get("/evaluations/none").problem()).isEqualTo("evaluation-not-found");
    }
}
