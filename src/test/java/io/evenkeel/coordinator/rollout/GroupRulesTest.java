package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.rollout.RolloutScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.rollout.RolloutScene.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.time.ZoneOffset;
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
    void pausesWhenTheFirstDevicesOfAGroupAreWorseAndTheOthersAreOffline() {
        String rollout = start(6, ALL, "\"reports\":6," + ACCURACY);
        scene.devices.subList(0, 3).forEach(scene::version);
        scene.installed(rollout, scene.devices.get(0), 0.91, 0.19);
        steps.move(rollout);
        assertThat(scene.state(rollout)).as("one device has no interval").isEqualTo("running");
        assertThat(scene.metrics(rollout, 1)).contains("pairs=1", "difference=-0.72", "verdict=undecided");
        assertThat(scene.notices(rollout, "warnings"))
                .containsExactly(
                        "worse-so-far: metric 'accuracy' is worse so far: -0.7200 in the mean of 1 devices, margin 0.02");
        scene.installed(rollout, scene.devices.get(1), 0.90, 0.17);
        steps.move(rollout);

        assertThat(scene.state(rollout)).isEqualTo("paused");
        assertThat(scene.view(rollout).get("message"))
                .startsWith("group 1: metric 'accuracy' looks inferior before there are enough devices: -0.725");
        assertThat(scene.notices(rollout, "waitsFor"))
                .first()
                .isEqualTo("operator: it is paused: an operator has to resume, skip or stop it");
        assertThat(scene.notices(rollout, "waitsFor"))
                .contains(
                        "reports: it has 2 of 6 reports; of its 6 devices 1 have the version and have not reported, and 3"
                                + " have not asked for it");
        assertThat(scene.onNew()).as("no further device gets it").isEqualTo(3);
    }

    @Test
    void pausesEarlyOnceAndLetsLaterDevicesOverruleIt() {
        String rollout = start(8, ALL, "\"reports\":8," + ACCURACY);
        scene.onNew();
        scene.installed(rollout, scene.devices.get(0), 0.70, 0.65);
        scene.installed(rollout, scene.devices.get(1), 0.70, 0.65);
        steps.move(rollout);
        assertThat(scene.state(rollout)).as("two may agree by chance").isEqualTo("running");
        scene.installed(rollout, scene.devices.get(0), 0.70, 0.45);
        scene.installed(rollout, scene.devices.get(1), 0.70, 0.45);
        scene.installed(rollout, scene.devices.get(2), 0.70, 0.45);
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("paused");
        must(scene.act(rollout, "resume"), 200);
        scene.installed(rollout, scene.devices.get(3), 0.70, 0.45);
        scene.installed(rollout, scene.devices.get(4), 0.70, 0.45);
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        for (Device device : scene.devices) {
            scene.installed(rollout, device, 0.70, 0.71);
        }
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("finished");
    }

    @Test
    void needsReportsFromHalfOfItsLivingDevices() {
        scene.devices(jdbc, 24);
        scene.unseen(
                jdbc,
                scene.devices.subList(0, 12),
                clock.instant().minus(Duration.ofDays(8)).atOffset(ZoneOffset.UTC));
        String rollout = scene.create(ALL, "\"reports\":4");
        List<Device> living = scene.devices.subList(12, 24);
        living.forEach(scene::version);
        living.subList(0, 4).forEach(device -> scene.installed(rollout, device));
        steps.move(rollout);

        assertThat(scene.state(rollout)).isEqualTo("running");
        assertThat(scene.group(rollout, 1))
                .containsEntry("devices", 24)
                .containsEntry("alive", 12)
                .containsEntry("asked", 12)
                .containsEntry("needed", 6);
        assertThat(scene.view(rollout).get("events")).contains("24 devices, 12 of them seen within 7d");
        living.subList(4, 6).forEach(device -> scene.installed(rollout, device));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("finished");
    }

    @Test
    void choosesANumberOfDevicesAmongTheLivingAndCountsThoseThatEachGroupAdds() {
        scene.devices(jdbc, 12);
        String seen = "\"reports\":1,\"seenWithin\":\"1h\",\"coverage\":0";
        scene.unseen(
                jdbc,
                scene.devices.subList(0, 6),
                clock.instant().minus(Duration.ofHours(2)).atOffset(ZoneOffset.UTC));
        String rollout = scene.create("[{\"devices\":2},{\"selector\":\"fleet\"},{\"share\":1}]", seen);
        List<Device> living = scene.inOrder(rollout).stream()
                .filter(device -> scene.devices.indexOf(device) >= 6)
                .toList();
        assertThat(scene.group(rollout, 1)).containsEntry("alive", 2);
        assertThat(scene.version(living.get(1))).isEqualTo(2);
        assertThat(scene.version(living.get(2))).isEqualTo(1);
        must(scene.act(rollout, "skip"), 200);
        assertThat(scene.group(rollout, 2)).containsEntry("alive", 4);
        must(scene.act(rollout, "skip"), 200);
        assertThat(scene.group(rollout, 3)).containsEntry("alive", 0);
        assertThat(scene.notices(rollout, "warnings"))
                .containsExactly("too-few-devices: it adds 0 devices seen within 1h and needs 1 reports: it cannot pass"
                        + " unless more devices come");
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
    void stopsByTheReportsOfSlowDevicesAfterTheFastOnesWereNonInferior() {
        String rollout = start(12, ALL, "\"reports\":4,\"coverage\":1," + ACCURACY);
        scene.onNew();
        scene.devices.subList(0, 4).forEach(device -> scene.installed(rollout, device, 0.7, 0.71));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=non-inferior", "pairs=4");

        scene.devices.subList(4, 12).forEach(device -> scene.installed(rollout, device, 0.7, 0.4));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("stopped");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=inferior", "pairs=12");
    }

    /** Too few reports since the last look for another one, which is taken because the group would pass. */
    @Test
    void doesNotPassByAnOldLook() {
        String rollout = start(6, ALL, "\"reports\":4,\"coverage\":1," + ACCURACY);
        scene.onNew();
        scene.devices.subList(0, 4).forEach(device -> scene.installed(rollout, device, 0.7, 0.71));
        steps.move(rollout);
        scene.devices.subList(4, 6).forEach(device -> scene.installed(rollout, device, 0.7, 0.4));
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("running");
        assertThat(scene.metrics(rollout, 1)).contains("verdict=undecided", "pairs=6");
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
