package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.rollout.RolloutScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.rollout.RolloutScene.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** The rules that pass, stop and time out a group of a roll-out. */
@CoordinatorTest
class GroupRulesTest {

    private static final String ALL = "[{\"share\":1}]";
    private static final String ACCURACY = "\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.02}]";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RolloutSteps steps;

    @Autowired
    private TurnedClock clock;

    private RolloutScene scene;

    @BeforeEach
    void create() {
        scene = new RolloutScene(api::endpoint);
    }

    private String start(int devices, String groups, String more) {
        return scene.devices(jdbc, devices).create(groups, more);
    }

    @Test
    void stopsWhenTooManyDevicesFailAndDevicesReturnByThemselves() {
        String rollout = start(8, "[{\"devices\":4},{\"share\":1}]", "\"reports\":4,\"error\":0.25");
        List<Device> order = scene.inOrder(rollout);
        assertThat(scene.onNew()).isEqualTo(4);
        scene.failed(rollout, order.get(0));
        steps.move(rollout);
        assertThat(scene.state(rollout)).as("1 of 4").isEqualTo("running");
        assertThat(scene.version(order.get(0))).as("it failed").isEqualTo(1);
        scene.failed(rollout, order.get(1));
        steps.move(rollout);

        assertThat(scene.state(rollout)).isEqualTo("stopped");
        assertThat(scene.view(rollout).get("message")).contains("2 of 2 devices that reported have failed");
        assertThat(scene.onNew()).isZero();
        assertThat(scene.operator
                        .get("/models/" + scene.model + "/aliases/production/history")
                        .jsonList())
                .as("the alias never moved")
                .hasSize(1);
        assertThat(scene.operator
                        .get("/rollouts/" + rollout + "/devices?outcome=failed")
                        .jsonList())
                .extracting(device -> device.get("reason"))
                .containsExactly("no memory", "no memory");
    }

    @Test
    void stopsWhenAMetricIsInferior() {
        String rollout = start(6, ALL, "\"reports\":6," + ACCURACY);
        assertThat(scene.onNew()).isEqualTo(6);
        for (int i = 0; i < 6; i++) {
            scene.installed(rollout, scene.devices.get(i), 0.6 + 0.05 * i, 0.5 + 0.05 * i + 0.001 * i);
        }
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("stopped");
        assertThat(scene.view(rollout).get("message")).contains("metric 'accuracy' is inferior: -0.0975");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=inferior", "pairs=6");
        assertThat(scene.onNew()).isZero();
    }

    @Test
    void passesWhenAMetricIsNonInferiorAndWaitsWhileItIsNotKnown() {
        String rollout = start(8, ALL, "\"reports\":4," + ACCURACY);
        scene.onNew();
        double[] noise = {0.03, -0.03, 0.03, -0.03};
        for (int i = 0; i < 4; i++) {
            scene.installed(rollout, scene.devices.get(i), 0.7, 0.7 + noise[i]);
        }
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=undecided", "pairs=4", "is not yet known");
        for (int i = 4; i < 8; i++) {
            scene.installed(rollout, scene.devices.get(i), 0.7, 0.73);
        }
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("finished");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=non-inferior", "pairs=8");
    }

    @Test
    void reportsWithoutTheVersionBeforeAreNoPairs() {
        String rollout = start(3, ALL, "\"reports\":2," + ACCURACY);
        scene.onNew();
        for (Device device : scene.devices) {
            must(
                    scene.report(
                            rollout,
                            device,
                            "{\"version\":2,\"outcome\":\"installed\",\"samples\":9,\"metrics\":{\"accuracy\":{\"after\":1}}}"),
                    204);
        }
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        assertThat(scene.metrics(rollout, 1)).contains("reported=0", "pairs=0");
    }

    @Test
    void doesAtTheEndOfItsTimeWhatItsRuleSays() {
        for (Map.Entry<String, String> rule : Map.of("pause", "paused", "stop", "stopped", "continue", "finished")
                .entrySet()) {
            scene = new RolloutScene(api::endpoint);
            String rollout = start(1, ALL, "\"groupTime\":\"1h\",\"onTimeout\":\"" + rule.getKey() + "\"");
            clock.advance(Duration.ofMinutes(59));
            steps.move(rollout);
            assertThat(scene.state(rollout)).isEqualTo("running");
            clock.advance(Duration.ofMinutes(1));
            steps.move(rollout);
            assertThat(scene.state(rollout)).isEqualTo(rule.getValue());
            assertThat(scene.view(rollout).get("events")).contains("it has 0 of 10 reports");
        }
    }

    @Test
    void keepsAGroupOpenForItsMinimumTime() {
        String rollout = start(1, ALL, "\"reports\":1,\"minTime\":\"10m\"");
        scene.onNew();
        scene.installed(rollout, scene.devices.get(0));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        clock.advance(Duration.ofMinutes(10));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("finished");
    }

    @Test
    void aPausedRollOutStillStopsForFailures() {
        String rollout = start(1, ALL, "\"reports\":1,\"error\":0");
        scene.onNew();
        must(scene.act(rollout, "pause"), 200);
        scene.failed(rollout, scene.devices.get(0));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("stopped");
    }
}
