package io.evenkeel.coordinator.evaluation;

import static io.evenkeel.coordinator.evaluation.EvaluatedRun.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.evaluation.EvaluatedRun.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@CoordinatorTest
class EvaluationEndTest {

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

    @Autowired
    private EvaluationMetrics metrics;

    @Autowired
    private MeterRegistry registry;

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
    void endsWithItsMaximumOfResults() {
        evaluation.create("\"participants\": {\"min\": 1, \"max\": 2}");
        evaluation.send(evaluation.device(""), result(1, 0.5));
        evaluation.send(evaluation.device(""), result(1, 0.5));
        Device late = evaluation.device("");
        assertThat(evaluation.workFor(late)).isEmpty();
        Reply refused = evaluation.send(late, result(1, 0.5));
        assertThat(refused.problem()).isEqualTo("evaluation-closed");
        assertThat(refused.get("state")).isEqualTo("finished");
        assertThat(evaluation.show().path("results").asInt()).isEqualTo(2);
    }

    @Test
    void failsIfItsTimeIsUpWithTooFewResults() {
        evaluation.create("\"participants\": {\"min\": 2}, \"time\": \"60s\"");
        Device device = evaluation.device("");
        evaluation.send(evaluation.device(""), result(1, 0.5));
        clock.advance(Duration.ofSeconds(61));
        assertThat(evaluation.show().path("state").asString()).isEqualTo("failed");
        assertThat(evaluation.send(device, result(1, 0.5)).problem()).isEqualTo("evaluation-closed");
        assertThat(evaluation.workFor(device)).isEmpty();
        assertThat(evaluation.cancel().problem()).isEqualTo("evaluation-closed");
    }

    @Test
    void keepsTheStatisticsWhenTheResultsOfDevicesAreDeleted() {
        evaluation.create("\"breakdown\": [\"region\"], \"participants\": {\"min\": 1, \"max\": 10}");
        for (int i = 0; i < 10; i++) {
            evaluation.send(evaluation.device("{\"region\": \"" + (i < 5 ? "eu" : "us") + "\"}"), result(1, i / 10.0));
        }
        JsonNode before = evaluation.show().path("metrics");
        ending.due().forEach(ending::end);
        assertThat(evaluation.show().path("metrics")).isEqualTo(before);
        pruning.prune(clock.instant());
        assertThat(rows("evaluation_value")).as("lately").isEqualTo(10);
        endedAgo(Duration.ofDays(91));

        pruning.prune(clock.instant());

        assertThat(List.of(rows("evaluation_value"), rows("evaluation_group"), rows("evaluation_result")))
                .containsOnly(0);
        assertThat(evaluation.show().path("metrics")).isEqualTo(before);
        assertThat(evaluation.show().path("results").asInt()).isEqualTo(10);
        assertThat(evaluation.show().has("resultsDeletedAt")).isTrue();
        assertThat(evaluation
                        .send(evaluation.device("{\"region\": \"eu\"}"), result(1, 0.5))
                        .problem())
                .isEqualTo("evaluation-closed");
    }

    private int rows(String table) {
        return Objects.requireNonNull(jdbc.queryForObject(
                "SELECT COUNT(*) FROM " + table + " WHERE evaluation = (SELECT id FROM evaluation WHERE name = ?)",
                Integer.class,
                evaluation.name));
    }

    @Test
    void notifiesWebhooksOfItsStartAndOfItsEndWithTheWorstGroups() {
        String webhook = evaluation
                .operator
                .postJson(
                        "/webhooks",
                        "{\"url\": \"https://evenkeel.example/hooks\", \"events\": [\"evaluation.started\","
                                + " \"evaluation.finished\", \"evaluation.failed\", \"evaluation.cancelled\"]}")
                .get("id");
        evaluation.create("\"breakdown\": [\"region\"], \"participants\": {\"min\": 1, \"max\": 10}");
        for (int i = 0; i < 10; i++) {
            evaluation.send(
                    evaluation.device("{\"region\": \"" + (i < 5 ? "eu" : "us") + "\"}"), result(1, i < 5 ? 0.9 : 0.5));
        }
        ending.due().forEach(ending::end);
        ending.due().forEach(ending::end);

        List<JsonNode> sent = jdbc
                .queryForList(
                        "SELECT payload FROM webhook_delivery WHERE webhook_id = ? ORDER BY id", String.class, webhook)
                .stream()
                .map(payload -> new JsonMapper().readTree(payload))
                .filter(event ->
                        event.path("data").path("evaluation").asString().equals(evaluation.name))
                .toList();
        evaluation.operator.delete("/webhooks/" + webhook);
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
    void exportsTheGapOfTheWorstGroupInOneGaugeWhileItIsShown() {
        evaluation.create("\"breakdown\": [\"region\"], \"participants\": {\"min\": 1, \"max\": 10}");
        for (int i = 0; i < 10; i++) {
            evaluation.send(
                    evaluation.device("{\"region\": \"" + (i < 5 ? "eu" : "us") + "\"}"), result(1, i < 5 ? 0.9 : 0.5));
        }
        ending.due().forEach(ending::end);

        metrics.refresh();
        Gauge gauge = Objects.requireNonNull(worstGap().gauge());
        metrics.refresh();

        assertThat(gauge.value()).isCloseTo(0.2, within(1e-12));
        assertThat(worstGap().gauge()).isSameAs(gauge);
        endedAgo(Duration.ofDays(1));
        metrics.refresh();
        assertThat(worstGap().gauge()).isNull();
    }

    private void endedAgo(Duration ago) {
        jdbc.update(
                "UPDATE evaluation SET ended_at = ? WHERE name = ?",
                clock.instant().minus(ago).atOffset(ZoneOffset.UTC),
                evaluation.name);
    }

    private Search worstGap() {
        return registry.find("evenkeel.evaluation.worst.gap").tag("evaluation", evaluation.name);
    }
}
