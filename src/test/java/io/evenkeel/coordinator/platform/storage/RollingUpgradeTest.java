package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests replicas of two versions on one PostgreSQL database, as during a rolling upgrade. The newer version is this one
 * with an additional migration.
 */
@OnlyInCi
class RollingUpgradeTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path migrations;

    private final String url = Postgres.shared().newDatabase();

    private final List<RestartableCoordinator> started = new ArrayList<>();

    @AfterEach
    void stopAll() {
        started.forEach(RestartableCoordinator::close);
    }

    private RestartableCoordinator start(String locations) {
        RestartableCoordinator coordinator = new RestartableCoordinator(url, "--spring.flyway.locations=" + locations);
        started.add(coordinator);
        return coordinator;
    }

    private RestartableCoordinator old() {
        return start("classpath:db/migration");
    }

    private RestartableCoordinator next() {
        return start("classpath:db/migration,filesystem:" + migrations);
    }

    private static Scene scene(RestartableCoordinator coordinator) {
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 100, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(2)
                .start();
    }

    private static void assertAgrees(Scene scene) {
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    @Test
    void devicesKeepTrainingWhileBothVersionsServeThemAndTheOldOneIsRefusedAfterwards() throws IOException {
        RestartableCoordinator old = old();
        Scene scene = scene(old);
        scene.closeRound(0, GRADIENT);
        scene.devices.get(0).answer(1, GRADIENT);
        Files.writeString(
                migrations.resolve("V1000__next.sql"),
                "ALTER TABLE run ADD COLUMN next_version INTEGER DEFAULT 7 NOT NULL;");
        RestartableCoordinator next = next();
        scene.devices.get(1).answer(1, GRADIENT);
        scene.awaitClosed(1);

        scene.devices.get(0).moveTo(next.endpoint());
        scene.devices.forEach(device -> device.answer(2, GRADIENT));
        scene.awaitClosed(2);

        old.close();
        scene.moveTo(next.endpoint(), next.jdbc());
        scene.closeRound(3, GRADIENT);
        assertAgrees(scene);
        Scene undisturbed = scene(next);
        for (int round = 0; round < 4; round++) {
            undisturbed.closeRound(round, GRADIENT);
        }
        assertThat(scene.replica(4).x()).isEqualTo(undisturbed.replica(4).x());

        assertThatThrownBy(this::old)
                .hasStackTraceContaining("A newer version of the coordinator has used this database")
                .hasStackTraceContaining("migration 1000");
        scene.closeRound(4, GRADIENT);
    }

    @Test
    void versionsWithTheSameTablesReplaceEachOtherAndBack() {
        RestartableCoordinator old = old();
        Scene scene = scene(old);
        scene.closeRound(0, GRADIENT);
        RestartableCoordinator next = next();
        scene.moveTo(next.endpoint(), next.jdbc());
        old.close();
        scene.closeRound(1, GRADIENT);
        RestartableCoordinator back = old();
        scene.moveTo(back.endpoint(), back.jdbc());
        next.close();
        scene.closeRound(2, GRADIENT);
        assertAgrees(scene);
    }
}
