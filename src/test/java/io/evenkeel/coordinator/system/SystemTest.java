package io.evenkeel.coordinator.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CoordinatorTest
class SystemTest {

    @Autowired
    protected Api api;

    @Autowired
    protected JdbcTemplate jdbc;

    @Autowired
    private JsonMapper json;

    protected JsonNode system() {
        byte[] body = api.viewer()
                .get()
                .uri("/api/v1/system")
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(byte[].class)
                .getResponseBody();
        return json.readTree(Objects.requireNonNull(body));
    }

    private static JsonNode named(JsonNode list, String field, String value) {
        for (JsonNode one : list) {
            if (one.path(field).asString().equals(value)) {
                return one;
            }
        }
        throw new AssertionError("no " + value + " in " + list);
    }

    private Scene running() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "")
                .members(1)
                .start();
        scene.devices.get(0).answer(0, new double[] {1, -2, 3, -4, 5, -6});
        scene.await(scene.devices.get(0), 0);
        return scene;
    }

    /** Returns the number of the newest file in the folder of migrations. */
    private static String newestMigration() throws IOException {
        return Arrays.stream(new PathMatchingResourcePatternResolver().getResources("classpath:db/migration/V*.sql"))
                .map(file -> Objects.requireNonNull(file.getFilename()).replaceAll("^V(\\d+)__.*", "$1"))
                .max(Comparator.comparing(Integer::valueOf))
                .orElseThrow();
    }

    @Test
    void describesTheReplicaThatAnswersAndItsDatabase() throws Exception {
        JsonNode system = system();
        JsonNode me = named(
                system.path("replicas"),
                "name",
                system.path("answeredBy").path("name").asString());
        assertThat(me.path("alive").asBoolean()).isTrue();
        assertThat(me.path("java").asString()).isEqualTo(System.getProperty("java.version"));
        JsonNode heap = system.path("heap");
        assertThat(heap.path("usedBytes").asLong())
                .isBetween(1L, heap.path("maximumBytes").asLong());
        assertThat(heap.path("budget").path("request-bodies").asLong()).isPositive();
        assertThat(system.path("database").path("product").asString()).matches("(H2|PostgreSQL) [0-9.]+");
        assertThat(system.path("database").path("schemaVersion").asString()).isEqualTo(newestMigration());
        assertThat(system.has("alerts")).isFalse();
    }

    @Test
    void namesTheHolderOfARunsLeaseUntilTheRunIsOver() {
        // The list is bounded, and other tests leave running runs behind.
        jdbc.update("UPDATE run SET state = 'CANCELLED' WHERE state IN ('RUNNING', 'PAUSED')");
        Scene scene = running();
        assertThat(named(system().path("leases"), "run", scene.run)
                        .path("holder")
                        .asString())
                .isEqualTo(system().path("answeredBy").path("name").asString());
        scene.operator.post("/runs/" + scene.run + "/cancel");
        assertThat(system().path("leases"))
                .noneMatch(lease -> lease.path("run").asString().equals(scene.run));
    }

    @Test
    void keepsTheLastVerificationOfARun() {
        Scene scene = running();
        scene.operator.post("/runs/" + scene.run + "/audit");
        JsonNode check = named(system().path("checks"), "run", scene.run);
        assertThat(check.path("outcome").asString()).isEqualTo("agrees");
        assertThat(check.path("round").asInt()).isEqualTo(1);

        jdbc.update(
                "UPDATE message SET digest = digest + 1 WHERE run_id = (SELECT id FROM run WHERE name = ?)", scene.run);
        scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(named(system().path("checks"), "run", scene.run)
                        .path("outcome")
                        .asString())
                .isEqualTo("damaged");
    }
}
