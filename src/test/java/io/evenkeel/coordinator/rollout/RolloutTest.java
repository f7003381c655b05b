package io.evenkeel.coordinator.rollout;

import static io.evenkeel.coordinator.rollout.RolloutScene.must;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.rollout.RolloutScene.Device;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RolloutTest {

    private static final String ALL = "[{\"share\":1}]";

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
    void bringsAVersionGroupByGroupAndMovesTheAliasAfterTheLastOne() {
        String rollout = start(
                8,
                "[{\"name\":\"first\",\"devices\":2},{\"share\":1}]",
                "\"reports\":2,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.02}]");
        List<Device> order = scene.inOrder(rollout);

        assertThat(scene.onNew()).isEqualTo(2);
        assertThat(scene.version(order.get(0))).isEqualTo(2);
        assertThat(scene.version(order.get(2))).isEqualTo(1);
        assertThat(scene.group(rollout, 1))
                .containsEntry("devices", 2)
                .containsEntry("asked", 2)
                .containsEntry("state", "open")
                .containsEntry("name", "first");
        assertThat(scene.named()).as("operators see the alias").isEqualTo(1);
        scene.installed(rollout, order.get(0), 0.7, 0.71);
        steps.move(rollout);
        assertThat(scene.onNew()).isEqualTo(2);
        scene.installed(rollout, order.get(1), 0.7, 0.71);
        steps.move(rollout);
        assertThat(scene.metrics(rollout, 1)).contains("verdict=non-inferior", "pairs=2");
        assertThat(scene.onNew()).isEqualTo(8);
        assertThat(scene.named()).isEqualTo(1);
        order.subList(2, 5).forEach(device -> scene.installed(rollout, device, 0.7, 0.71));
        steps.move(rollout);

        assertThat(scene.state(rollout)).isEqualTo("finished");
        assertThat(scene.named()).isEqualTo(2);
        assertThat(scene.events(rollout))
                .containsExactly("started", "group_opened", "group_passed", "group_opened", "group_passed", "finished");
        Map<String, Object> moved = scene.operator
                .get("/models/" + scene.model + "/aliases/production/history")
                .jsonList()
                .get(0);
        assertThat(moved.get("reason")).isEqualTo("roll-out " + rollout + " has finished");
    }

    @Test
    void namesItsRollOutInTheDownload() {
        String rollout = start(1, ALL, "");
        Http device = scene.devices.get(0).http();
        String path = "/models/" + scene.model + "/versions/@production";
        Reply first = device.get(path);
        assertThat(first.header("Evenkeel-Rollout")).isEqualTo(rollout);
        assertThat(first.header("Evenkeel-Rollout-Baseline")).isEqualTo("1");
        Reply known = device.get(path, "If-None-Match", first.header("ETag"));
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.header("Evenkeel-Rollout")).isEqualTo(rollout);
        assertThat(scene.operator.get(path).header("Evenkeel-Rollout")).isEmpty();
        assertThat(scene.group(rollout, 1)).containsEntry("asked", 1);
    }

    @Test
    void holdsItsVersionsAndItsAlias() {
        String rollout = start(1, ALL, "");
        String alias = "/models/" + scene.model + "/aliases/production";
        Reply deleted = scene.operator.delete("/models/" + scene.model + "/versions/2");
        assertThat(deleted.problem()).isEqualTo("version-in-use");
        assertThat(deleted.get("detail")).contains("roll-out " + rollout);
        assertThat(scene.operator.putJson(alias, "{\"version\":2}").problem()).isEqualTo("alias-in-rollout");
        assertThat(scene.operator.post(alias + "/rollback").problem()).isEqualTo("alias-in-rollout");
        assertThat(scene.operator.delete(alias).problem()).isEqualTo("alias-in-rollout");
        assertThat(scene.operator
                        .postJson("/rollouts", scene.definition(ALL, ""))
                        .problem())
                .isEqualTo("alias-in-rollout");
        must(scene.act(rollout, "stop"), 200);
        must(scene.operator.delete("/models/" + scene.model + "/versions/2"), 204);
        assertThat(scene.state(rollout)).isEqualTo("stopped");
    }

    @Test
    void acceptsReportsOfDevicesThatGotTheVersionWhileItIsActive() {
        String rollout = start(2, "[{\"devices\":1},{\"share\":1}]", "");
        scene.onNew();
        List<Device> order = scene.inOrder(rollout);
        Device asked = order.get(0);
        String good =
                "{\"version\":2,\"outcome\":\"installed\",\"baseline\":1,\"samples\":3,\"metrics\":{\"f1\":{\"before\":0.5,\"after\":0.25}}}";
        assertThat(scene.report("nonesuch", asked, good).problem()).isEqualTo("rollout-not-found");
        assertThat(scene.report(rollout, order.get(1), good).problem()).isEqualTo("forbidden");
        assertThat(scene.report(rollout, asked, good.replace("\"samples\":3,", ""))
                        .get("field"))
                .isEqualTo("samples");
        assertThat(scene.report(rollout, asked, good.replace("installed", "asked"))
                        .get("field"))
                .isEqualTo("outcome");
        must(scene.report(rollout, asked, good), 204);
        assertThat(scene.group(rollout, 1)).containsEntry("installed", 1);
        must(scene.operator.postJson("/rollouts/" + rollout + "/pause", "{\"reason\":\"look first\"}"), 200);
        assertThat(scene.view(rollout).get("message")).isEqualTo("look first");
        assertThat(scene.notices(rollout, "waitsFor"))
                .contains("operator: it is paused: an operator must resume, skip or stop it");
        must(scene.act(rollout, "resume"), 200);
        must(scene.act(rollout, "stop"), 200);
        must(scene.report(rollout, asked, good), 204);
        assertThat(scene.report(rollout, asked, good.replace("0.25", "0.5")).problem())
                .isEqualTo("rollout-state");
    }

    @Test
    void reportsWhatIsWrongWithADefinition() {
        for (String[] wrong : new String[][] {
            {"[]", "", "groups"},
            {"[{\"share\":0.5},{\"share\":0.5}]", "", "groups[1].share"},
            {"[{\"share\":1.5}]", "", "groups[0].share"},
            {ALL, "\"error\":2", "error"},
            {ALL, "\"coverage\":1.5", "coverage"},
            {ALL, "\"upstream\":\"r1\"", "upstream"},
            {ALL, "\"metrics\":[{\"name\":\"a\"}]", "metrics[0].margin"},
        }) {
            Reply reply = scene.operator.postJson("/rollouts", scene.definition(wrong[0], wrong[1]));
            assertThat(reply.get("field")).as(reply.toString()).isEqualTo(wrong[2]);
        }
        String good = scene.definition(ALL, "");
        assertThat(scene.operator
                        .postJson("/rollouts", good.replace("\"version\":2", "\"version\":1"))
                        .get("field"))
                .isEqualTo("version");
        assertThat(scene.operator
                        .postJson("/rollouts", good.replace("\"version\":2", "\"version\":3"))
                        .problem())
                .isEqualTo("model-version-not-found");
        assertThat(scene.operator
                        .postJson("/rollouts", good.replace("production", "nobody"))
                        .problem())
                .isEqualTo("model-alias-not-found");
        assertThat(scene.operator.get("/rollouts/nobody").problem()).isEqualTo("rollout-not-found");
        assertThat(scene.operator.get("/rollouts?model=" + scene.model).jsonList())
                .isEmpty();
    }

    @Test
    void devicesThatComeLaterJoinByTheGroupsRule() {
        scene.devices(jdbc, 2);
        scene.unseen(
                jdbc,
                scene.devices.subList(0, 1),
                clock.instant().minus(Duration.ofDays(8)).atOffset(ZoneOffset.UTC));
        String rollout = scene.create("[{\"selector\":\"fleet=" + scene.model + ",!old\"},{\"share\":1}]", "");
        assertThat(scene.group(rollout, 1)).containsEntry("alive", 1);
        assertThat(scene.onNew()).isEqualTo(2);
        assertThat(scene.group(rollout, 1)).containsEntry("devices", 2);
        Device late = scene.devices(jdbc, 1).devices.get(2);
        assertThat(scene.version(late)).isEqualTo(2);
        Device other = scene.devices(jdbc, 1).devices.get(3);
        must(other.http().putJson("/clients/me/attributes", "{\"attributes\":{\"fleet\":\"other\"}}"), 204);
        assertThat(scene.version(other)).as("the roll-out's selector").isEqualTo(1);
        assertThat(scene.group(rollout, 1)).containsEntry("asked", 3);
    }

    @Test
    void aDeviceRestrictedToARunIsNotAskedToInstallOtherModels() {
        Device bound = scene.devices(jdbc, 1, "another-run").devices.get(0);
        String rollout = scene.create(ALL, "");
        assertThat(bound.http()
                        .get("/models/" + scene.model + "/versions/@production")
                        .problem())
                .as("the previous version comes from no run either")
                .isEqualTo("forbidden");
        assertThat(scene.group(rollout, 1)).containsEntry("asked", 0);
    }

    @Test
    void listsRollOutsNewestFirst() {
        String first = start(0, ALL, "");
        must(scene.act(first, "stop"), 200);
        clock.advance(Duration.ofSeconds(1));
        String second = scene.create(ALL, "\"description\":\"again\"");
        String path = "/rollouts?model=" + scene.model;
        assertThat(scene.operator.get(path).jsonList()).extracting("id").containsExactly(second, first);
        assertThat(scene.operator.get(path + "&before=" + second).jsonList())
                .extracting("id")
                .containsExactly(first);
        assertThat(scene.operator.get(path + "&state=running").jsonList())
                .extracting("description")
                .containsExactly("again");
        assertThat(scene.operator.get(path + "&state=odd").problem()).isEqualTo("malformed");
    }

    @Test
    void webhooksGetItsEvents() {
        String hook = scene.operator
                .postJson(
                        "/webhooks",
                        "{\"url\":\"https://example.org/\",\"events\":[\"rollout.started\",\"rollout.stopped\"]}")
                .get("id");
        String rollout = start(0, ALL, "");
        must(scene.act(rollout, "stop"), 200);
        assertThat(jdbc.queryForList(
                        "SELECT type FROM webhook_delivery WHERE webhook_id = ? AND event_id LIKE ? ORDER BY id",
                        String.class,
                        hook,
                        "evt_rollout_" + rollout + "%"))
                .containsExactly("rollout.started", "rollout.stopped");
        scene.operator.delete("/webhooks/" + hook);
    }

    /** Makes a device a relay of the given number of devices. */
    private Device relay(int devices) {
        scene.devices(jdbc, 1);
        Device relay = scene.devices.get(scene.devices.size() - 1);
        must(
                relay.http()
                        .putJson(
                                "/clients/me/attributes",
                                "{\"attributes\":{\"fleet\":\"" + scene.model
                                        + "\",\"kind\":\"relay\",\"relay-devices\":\"" + devices + "\"}}"),
                204);
        return relay;
    }

    private static String ofSite(int asked, int installed, int failed, String metrics) {
        return "{\"version\":2,\"outcome\":\"installed\",\"baseline\":1,\"site\":{\"asked\":" + asked
                + ",\"installed\":" + installed + ",\"failed\":" + failed + ",\"metrics\":{" + metrics + "}}}";
    }

    @Test
    void aRelayCountsAsTheDevicesBehindItInsteadOfAsOne() {
        Device relay = relay(30);
        String rollout =
                start(2, ALL, "\"reports\":10,\"error\":0.2,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.05}]");
        assertThat(scene.group(rollout, 1)).containsEntry("devices", 32).containsEntry("alive", 32);
        assertThat(scene.onNew()).isEqualTo(3);
        assertThat(scene.group(rollout, 1)).containsEntry("asked", 2);
        Reply terms = relay.http().get("/rollouts/" + rollout + "/reports/me");
        assertThat(terms.get("state")).isEqualTo("running");
        assertThat(terms.number("version")).isEqualTo(2);
        assertThat(terms.number("baseline")).isEqualTo(1);

        assertThat(scene.report(rollout, relay, "{\"version\":2,\"outcome\":\"installed\"}")
                        .get("detail"))
                .startsWith("site: is missing");
        assertThat(scene.report(rollout, relay, ofSite(10_000_001, 3, 1, "")).status())
                .isEqualTo(422);
        assertThat(scene.group(rollout, 1)).containsEntry("asked", 2).containsEntry("installed", 0);

        String first = ofSite(9, 7, 1, "\"accuracy\":{\"devices\":7,\"mean\":0.01,\"squares\":0.0006}");
        must(scene.report(rollout, relay, first), 204);
        must(scene.report(rollout, relay, first), 204);
        steps.move(rollout);
        assertThat(scene.group(rollout, 1))
                .containsEntry("asked", 11)
                .containsEntry("installed", 7)
                .containsEntry("failed", 1);
        assertThat(scene.operator
                        .get("/rollouts/" + rollout + "/devices?outcome=failed")
                        .jsonList())
                .singleElement()
                .satisfies(one -> assertThat(one).containsEntry("client", relay.id()));
        must(
                scene.report(
                        rollout,
                        relay,
                        ofSite(30, 28, 1, "\"accuracy\":{\"devices\":28,\"mean\":0.01,\"squares\":0.0024}")),
                204);
        steps.move(rollout);
        assertThat(scene.state(rollout)).isEqualTo("finished");
        assertThat(scene.metrics(rollout, 1)).contains("pairs=28").contains("non-inferior");
    }
}
