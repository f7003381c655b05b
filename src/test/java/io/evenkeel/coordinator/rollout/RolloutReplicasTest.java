package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.rollout.RolloutScene.Device;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Two coordinators on one database that move the same roll-out, and a coordinator that is restarted in the middle of
 * one.
 */
@OnlyInCi
class RolloutReplicasTest {

    private static final String GROUPS = "[{\"devices\":6},{\"devices\":12},{\"share\":1}]";

    /** Responds like devices until a group needs no further responses. */
    private static void install(RolloutScene scene, String rollout) {
        for (Device device : scene.devices) {
            if (scene.version(device) == 2 && !scene.state(rollout).equals("finished")) {
                scene.report(rollout, device, "{\"version\":2,\"outcome\":\"installed\"}");
            }
        }
    }

    @Tag("full")
    @Test
    void everyReplicaGivesADeviceTheSameAndEachStepIsTakenOnce() {
        String url = Postgres.shared().newDatabase();
        JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
        SharedCoordinator first = SharedCoordinator.start(url, "evenkeel.rollouts.poll=5ms");
        SharedCoordinator second = SharedCoordinator.start(url, "evenkeel.rollouts.poll=5ms");
        AtomicReference<String> endpoint = new AtomicReference<>(first.endpoint());
        try {
            RolloutScene scene = new RolloutScene(endpoint::get).devices(jdbc, 24);
            String rollout = scene.create(GROUPS, "\"reports\":1");
            List<Integer> there = scene.devices.stream().map(scene::version).toList();
            endpoint.set(second.endpoint());
            assertThat(scene.devices.stream().map(scene::version).toList()).isEqualTo(there);
            first.kill();
            eventually().until(() -> {
                install(scene, rollout);
                return scene.state(rollout).equals("finished");
            });
            assertThat(scene.events(rollout))
                    .containsExactly(
                            "started",
                            "group_opened",
                            "group_passed",
                            "group_opened",
                            "group_passed",
                            "group_opened",
                            "group_passed",
                            "finished");
            assertThat(scene.named()).isEqualTo(2);
        } finally {
            second.stop();
        }
    }

    @Test
    void continuesAfterARestart(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder, "--evenkeel.rollouts.poll=5ms")) {
            RolloutScene scene = new RolloutScene(coordinator::endpoint).devices(coordinator.jdbc(), 12);
            String rollout = scene.create("[{\"devices\":3},{\"share\":1}]", "\"reports\":3");
            List<Integer> before = scene.devices.stream().map(scene::version).toList();
            List<Device> group = scene.inOrder(rollout).subList(0, 3);
            scene.installed(rollout, group.get(0));
            coordinator.restart();
            assertThat(scene.devices.stream().map(scene::version).toList()).isEqualTo(before);
            scene.installed(rollout, group.get(1));
            scene.installed(rollout, group.get(2));
            eventually().until(() -> scene.onNew() == 12);
            coordinator.restart();
            install(scene, rollout);
            eventually().until(() -> scene.state(rollout).equals("finished"));
            assertThat(scene.named()).isEqualTo(2);
        }
    }
}
