package io.evenkeel.coordinator.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RunOverviewTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-overview", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "");
    }

    private static List<?> cards(Reply reply) {
        return (List<?>) Objects.requireNonNull(reply.json().get("runs"));
    }

    @Test
    void showsEachRunsProgressLossAndCompressionNewestFirst() {
        Scene waiting = scene();
        Scene running = scene().members(1).start();
        for (int round = 0; round < 3; round++) {
            running.devices.get(0).answer(round, GRADIENT);
            running.await(running.devices.get(0), round);
        }

        Reply reply = running.operator.get("/run-overview?search=-overview&size=200");

        Map<?, ?> newest = (Map<?, ?>) cards(reply).get(0);
        assertThat(newest.get("name")).isEqualTo(running.run);
        assertThat(newest.get("state")).isEqualTo("running");
        assertThat(newest.get("round")).isEqualTo(3);
        assertThat(newest.get("rounds")).isEqualTo(50);
        assertThat((List<?>) Objects.requireNonNull(newest.get("loss"))).hasSize(3);
        assertThat(newest.get("members")).isEqualTo(1);
        assertThat((Double) Objects.requireNonNull(newest.get("compression"))).isPositive();
        Map<?, ?> older = (Map<?, ?>) cards(reply).get(1);
        assertThat(older.get("name")).isEqualTo(waiting.run);
        assertThat(older.get("compression")).isNull();
    }

    @Test
    void filtersByNameAndStateAndPages() {
        Scene first = scene();
        Scene second = scene();
        second.act("cancel");
        String search = "/run-overview?search=" + first.run;
        assertThat(cards(first.operator.get(search))).hasSize(1);
        assertThat(cards(first.operator.get(search + "&state=running"))).isEmpty();
        assertThat(cards(first.operator.get("/run-overview?search=" + second.run + "&state=cancelled")))
                .hasSize(1);
        Reply page = first.operator.get("/run-overview?search=-overview&size=1&page=1");
        assertThat(cards(page)).hasSize(1);
        assertThat(page.number("total")).isGreaterThanOrEqualTo(2);
        assertThat(first.operator.get("/run-overview?state=asleep").problem()).isEqualTo("malformed");
        assertThat(first.operator.get("/run-overview?size=201").problem()).isEqualTo("malformed");
    }

    @Test
    void sortsAllThatMatch() {
        String name = Scene.newName() + "-sorted";
        for (String part : List.of("b", "c", "a")) {
            new Scene(api.endpoint(), jdbc, name + part, "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 5, "\"description\":\"the " + part + "\"");
        }
        assertThat(ends(name, "")).isEqualTo("acb");
        assertThat(ends(name, "&sort=created&descending=false")).isEqualTo("bca");
        assertThat(ends(name, "&sort=name&descending=false")).isEqualTo("abc");
        assertThat(ends(name, "&sort=name")).isEqualTo("cba");
        assertThat(ends(name, "&sort=state")).isEqualTo("acb");
        assertThat(ends(name, "&sort=name&size=1&page=1")).isEqualTo("b");
        assertThat(scene().operator.get("/run-overview?sort=size").problem()).isEqualTo("malformed");
    }

    private String ends(String name, String query) {
        Reply reply = scene().operator.get("/run-overview?search=" + name + query);
        return cards(reply).stream()
                .map(card ->
                        String.valueOf(((Map<?, ?>) card).get("description")).substring(4))
                .collect(Collectors.joining());
    }

    @Test
    void listsTheRunsOfADevice() {
        Scene scene = scene().members(1).start();
        Object client = scene.operator
                .get("/runs/" + scene.run + "/members")
                .jsonList()
                .get(0)
                .get("client");
        scene.devices.get(0).answer(0, GRADIENT);
        scene.await(scene.devices.get(0), 0);

        Reply runs = scene.operator.get("/clients/" + client + "/runs");

        assertThat(runs.jsonList())
                .singleElement()
                .satisfies(one -> assertThat(one)
                        .containsEntry("run", scene.run)
                        .containsEntry("state", "running")
                        .containsEntry("membership", "active")
                        .containsEntry("messages", 1)
                        .containsEntry("lastRound", 0));
        assertThat(scene.operator.get("/clients/nobody/runs").status()).isEqualTo(200);
    }

    @Test
    void filtersByTagAndSortsByLoss() {
        String tag = Scene.newName();
        String name = Scene.newName() + "-tagged";
        Scene worse = tagged(name + "a", tag, 0.5);
        Scene better = tagged(name + "b", tag, 0.25);
        new Scene(api.endpoint(), jdbc, name + "c", "top-k:2", FeedbackMethod.EF21).create("ef21-norm", 5, "");
        Reply found = worse.operator.get("/run-overview?tag=" + tag + "&sort=loss&descending=false");
        assertThat(cards(found))
                .extracting(card -> String.valueOf(((Map<?, ?>) card).get("name")))
                .containsExactly(better.run, worse.run);
        assertThat(found.number("total")).isEqualTo(2);
        assertThat(((Map<?, ?>) cards(found).get(0)).get("metrics")).isEqualTo(Map.of("loss", 0.25));
        assertThat(cards(worse.operator.get("/run-overview?search=" + name + "&sort=loss")))
                .as("runs without a loss come last")
                .extracting(card -> String.valueOf(((Map<?, ?>) card).get("name")))
                .containsExactly(worse.run, better.run, name + "c");
        assertThat(cards(worse.operator.get("/run-overview?sort=metric:accuracy&size=1&page=1&tag=" + tag)))
                .hasSize(1);
    }

    private Scene tagged(String name, String tag, double loss) {
        Scene scene = new Scene(api.endpoint(), jdbc, name, "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, "\"tags\":[\"" + tag + "\"]")
                .members(1)
                .start();
        scene.devices.get(0).answer(0, GRADIENT);
        scene.await(scene.devices.get(0), 0);
        jdbc.update("UPDATE round_record SET loss = ? WHERE run_id = (SELECT id FROM run WHERE name = ?)", loss, name);
        return scene;
    }

    @Test
    void searchesForWildcardsLiterally() {
        assertThat(cards(scene().operator.get("/run-overview?search=%25"))).isEmpty();
    }
}
