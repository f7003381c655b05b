package io.evenkeel.coordinator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@Tag("full")
class EventStreamFailoverTest {

    @Test
    void continuesAfterARestart(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder)) {
            Scene scene = new Scene(
                            coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 3, "")
                    .members(1)
                    .start();
            EventReader before = read(coordinator.endpoint(), scene, "0");
            before.await("progress");
            coordinator.restart();
            before.awaitEnd();
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
            scene.act("cancel");
            try (EventReader after = read(coordinator.endpoint(), scene, before.lastId())) {
                after.awaitEnd();
                assertThat(before.types()).containsExactly("run.started", "round.opened");
                assertThat(after.types()).containsExactly("run.cancelled");
            }
        }
    }

    @Test
    void streamsEventsOfAnotherReplicaAndContinuesWhenThatDies() {
        String url = Postgres.shared().newDatabase();
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
        SharedCoordinator first = SharedCoordinator.start(url, "evenkeel.events.poll=50ms");
        SharedCoordinator second = SharedCoordinator.start(url, "evenkeel.events.poll=50ms");
        try {
            Scene scene = new Scene(second.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 3, "")
                    .members(1);
            EventReader before = read(first.endpoint(), scene, "0");
            scene.start();
            before.await("round.opened");
            String seen = before.lastId();
            first.kill();
            scene.act("pause");
            try (EventReader after = read(second.endpoint(), scene, seen)) {
                after.await("run.paused");
                assertThat(after.types()).containsExactly("run.paused");
            }
        } finally {
            second.stop();
        }
    }

    private static EventReader read(String endpoint, Scene scene, String lastEventId) {
        return new EventReader(endpoint, scene.run, "", CoordinatorTest.OPERATOR_TOKEN, "Last-Event-ID", lastEventId);
    }
}
