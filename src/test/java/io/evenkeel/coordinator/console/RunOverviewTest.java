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
    void searchesForWildcardsLiterally() {
        assertThat(cards(scene().operator.get("/run-overview?search=%25"))).isEmpty();
    }
}
