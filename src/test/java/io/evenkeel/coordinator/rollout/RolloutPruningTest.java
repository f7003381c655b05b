package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.rollout.RolloutScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.rollout.RolloutScene.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RolloutPruningTest {

    private static final String TWO_GROUPS = "[{\"devices\":2},{\"share\":1}]";
    private static final String RULES =
            "\"reports\":2,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.5,\"confidence\":0.5}]";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RolloutSteps steps;

    @Autowired
    private RolloutPruning pruning;

    @Autowired
    private TurnedClock clock;

    /**
     * Returns a roll-out that was stopped in its second group, after all devices of the first group and one of the
     * second have reported.
     */
    private String stopped(RolloutScene scene) {
        String rollout = scene.devices(jdbc, 4).create(TWO_GROUPS, RULES);
        List<Device> order = scene.inOrder(rollout);
        scene.onNew();
        order.subList(0, 2).forEach(device -> installed(scene, rollout, device));
        steps.move(rollout);
        scene.onNew();
        installed(scene, rollout, order.get(2));
        must(scene.operator.postJson("/rollouts/" + rollout + "/stop", "{}"), 200);
        return rollout;
    }

    private static void installed(RolloutScene scene, String rollout, Device device) {
        must(
                scene.report(
                        rollout,
                        device,
                        "{\"version\":2,\"baseline\":1,\"outcome\":\"installed\",\"samples\":10,"
                                + "\"metrics\":{\"accuracy\":{\"before\":0.8,\"after\":0.9}}}"),
                204);
    }

    private void ended(String rollout, Duration ago) {
        OffsetDateTime then = clock.instant().minus(ago).atOffset(ZoneOffset.UTC);
        jdbc.update("UPDATE rollout SET ended_at = ? WHERE id = ?", then, rollout);
    }

    private int rows(String table, String rollout) {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT COUNT(*) FROM " + table + " WHERE rollout_id = ?", Integer.class, rollout));
    }

    @Test
    void keepsTheSummaryWhenTheRowsOfDevicesAreDeleted() {
        RolloutScene scene = new RolloutScene(api::endpoint);
        String rollout = stopped(scene);
        Map<?, ?> before = scene.view(rollout).json();
        assertThat(before.containsKey("devicesDeletedAt")).isFalse();
        ended(rollout, Duration.ofDays(91));

        pruning.prune(clock.instant());

        assertThat(rows("rollout_device", rollout)).isZero();
        assertThat(rows("rollout_value", rollout)).isZero();
        Map<?, ?> after = scene.view(rollout).json();
        assertThat(String.valueOf(after.get("progress"))).isEqualTo(String.valueOf(before.get("progress")));
        assertThat(String.valueOf(after.get("events"))).isEqualTo(String.valueOf(before.get("events")));
        assertThat(scene.group(rollout, 2)).containsEntry("asked", 2).containsEntry("installed", 1);
        assertThat(after.containsKey("devicesDeletedAt")).isTrue();
        assertThat(scene.operator.get("/rollouts/" + rollout + "/devices").jsonList())
                .isEmpty();
        Device late = scene.inOrder(rollout).get(3);
        assertThat(scene.report(rollout, late, "{\"version\":2,\"outcome\":\"installed\"}")
                        .problem())
                .isEqualTo("rollout-state");
    }

    @Test
    void keepsTheRowsOfRollOutsThatEndedRecentlyOrAreActive() {
        RolloutScene scene = new RolloutScene(api::endpoint);
        String lately = stopped(scene);
        ended(lately, Duration.ofDays(89));
        RolloutScene other = new RolloutScene(api::endpoint);
        String underWay = other.devices(jdbc, 2).create(TWO_GROUPS, RULES);
        other.onNew();

        pruning.prune(clock.instant());

        assertThat(rows("rollout_device", lately)).isEqualTo(4);
        assertThat(rows("rollout_value", lately)).isEqualTo(3);
        assertThat(rows("rollout_device", underWay)).isEqualTo(2);
    }
}
