package io.evenkeel.coordinator.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class OverviewTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "");
    }

    /** Returns a list's entries for one object. */
    private static Stream<Map<?, ?>> about(Reply overview, String list, String name) {
        return ((List<?>) Objects.requireNonNull(overview.json().get(list)))
                .stream().<Map<?, ?>>map(entry -> (Map<?, ?>) entry).filter(entry -> name.equals(entry.get("name")));
    }

    private static List<String> texts(Reply overview, String list, String name, String field) {
        return about(overview, list, name)
                .map(entry -> String.valueOf(entry.get(field)))
                .toList();
    }

    @Test
    void showsWhatWaitsWhatRunsAndWhatHappenedLast() {
        Scene running = scene().members(1).start();
        Scene paused = scene().members(1).start().act("pause");
        Scene ready = scene().members(1);
        Scene empty = scene();
        for (int round = 0; round < 3; round++) {
            running.devices.get(0).answer(round, GRADIENT);
            running.await(running.devices.get(0), round);
        }

        Reply overview = running.overview(paused, ready, empty);

        assertThat(about(overview, "running", running.run)).singleElement().satisfies(run -> {
            assertThat(run.get("round")).isEqualTo(3);
            assertThat(run.get("rounds")).isEqualTo(50);
            assertThat(run.get("stalled")).isEqualTo(false);
            assertThat(run.get("roundSeconds")).isNotNull();
            assertThat(run.get("expectedEnd")).isNotNull();
        });
        assertThat(about(overview, "waiting", running.run)).isEmpty();
        assertThat(about(overview, "waiting", empty.run)).isEmpty();
        assertThat(about(overview, "waiting", ready.run))
                .singleElement()
                .satisfies(item -> assertThat(item.get("code")).isEqualTo("run-ready"));
        assertThat(about(overview, "waiting", paused.run)).singleElement().satisfies(item -> {
            assertThat(item.get("code")).isEqualTo("run-paused");
            assertThat(item.get("about")).isEqualTo("run");
            assertThat(item.get("command")).isEqualTo("evenkeel runs resume " + paused.run);
            assertThat(item.get("since")).isNotNull();
        });
        assertThat(about(overview, "running", paused.run)).isEmpty();
        assertThat(texts(overview, "latest", paused.run, "type")).containsExactly("run.paused", "run.started");
        running.act("cancel");
        paused.act("cancel");
    }

    @Test
    void showsACallerOfSomeRunsOnlyThese() {
        Scene mine = scene().members(1);
        Scene other = scene().members(1);
        jdbc.update(
                "INSERT INTO sum_check (run, checked_at, outcome) SELECT name, created_at, 'DAMAGED' FROM run"
                        + " WHERE name IN (?, ?)",
                mine.run,
                other.run);

        Reply overview = mine.overview();

        assertThat(texts(overview, "waiting", mine.run, "code")).containsExactly("run-damaged", "run-ready");
        assertThat(overview.json().toString()).doesNotContain(other.run);
        assertThat(overview.number("waitingTotal")).isEqualTo(2);
        jdbc.update("DELETE FROM sum_check WHERE run IN (?, ?)", mine.run, other.run);
    }
}
