package io.evenkeel.coordinator.checkin;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A device waits at one coordinator for an event at another. */
@OnlyInCi
class WorkReplicasTest {

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    @Test
    void aWaitingDeviceGetsARunThatAnotherReplicaStarts() {
        SharedCoordinator first = SharedCoordinator.start(url);
        SharedCoordinator second = SharedCoordinator.start(url, "evenkeel.work.tick=5ms");
        try {
            Scene scene = new Scene(first.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 3, "");
            TestDevice device = scene.member(1);
            Http other = device.http().at(second.endpoint());
            CompletableFuture<Reply> waits = other.later("/work?wait=60s");
            eventually().until(() -> second.part(WaitingCheckIns.class).count() == 1);
            scene.start();
            List<?> work = (List<?>) Objects.requireNonNull(waits.join().json().get("work"));
            assertThat(((Map<?, ?>) work.get(0)).get("run")).isEqualTo(scene.run);
        } finally {
            first.stop();
            second.stop();
        }
    }
}
