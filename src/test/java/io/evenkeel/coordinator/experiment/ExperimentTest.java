package io.evenkeel.coordinator.experiment;

import static io.evenkeel.coordinator.experiment.ExperimentScene.ARMS;
import static io.evenkeel.coordinator.experiment.ExperimentScene.DEFINITION;
import static io.evenkeel.coordinator.experiment.ExperimentScene.arms;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.experiment.ExperimentScene.Pair;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.TestDevice;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ExperimentTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private ExperimentScene scene;

    @BeforeEach
    void newExperiment() {
        scene = new ExperimentScene(api, jdbc);
    }

    @Test
    void createsARunForEachArm() {
        Reply created = scene.create("\"share\": 0.5, \"selector\": \"region=eu\"");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/api/v1/experiments/" + scene.name);
        assertThat(created.get("state")).isEqualTo("created");
        assertThat(created.get("assignment")).isEqualTo("split");
        assertThat(created.get("createdBy")).isNotEmpty();
        assertThat(arms(created, "run")).isEqualTo(List.of(scene.name + "-control", scene.name + "-normalized"));
        assertThat(scene.run("control").get("algorithm")).isEqualTo("ef21");
        assertThat(scene.run("normalized").get("algorithm")).isEqualTo("ef21-norm");
        assertThat(scene.run("control").get("devices"))
                .isEqualTo("{join=region=eu, part={seed=" + scene.name + ", from=0.0, to=0.25}}");
        assertThat(scene.run("normalized").get("devices"))
                .isEqualTo("{join=region=eu, part={seed=" + scene.name + ", from=0.25, to=0.5}}");
        assertThat(scene.show().json()).isEqualTo(created.json());
    }

    @Test
    void findsTheExperimentOfARun() {
        scene.create("");
        assertThat(scene.operator
                        .get("/experiments?run=" + scene.name + "-control")
                        .jsonList())
                .extracting(found -> found.get("name"))
                .containsExactly(scene.name);
        assertThat(scene.operator.get("/experiments?search=" + scene.name).jsonList())
                .hasSize(1);
        assertThat(scene.operator.get("/experiments?run=none").jsonList()).isEmpty();
    }

    @Test
    void admitsADeviceToOnlyOneArm() {
        scene.create("");
        for (int i = 0; i < 30; i++) {
            Pair device = scene.device();
            assertThat(List.of(
                            device.control().join(1).problem(),
                            device.normalized().join(1).problem()))
                    .containsExactlyInAnyOrder("none, status 201", "device-not-chosen");
        }
    }

    @Test
    void startsAllArmsOrNone() {
        scene.create("");
        while (arms(scene.show(), "members").get(0).equals(0)) {
            scene.device().control().join(1);
        }
        Reply refused = scene.act("start");
        assertThat(refused.problem()).isEqualTo("too-few-members");
        assertThat(refused.get("detail")).contains(scene.name + "-normalized");
        assertThat(arms(scene.show(), "state")).isEqualTo(List.of("created", "created"));

        scene.members();
        Reply started = scene.act("start");
        assertThat(started.status()).as(started.toString()).isEqualTo(200);
        assertThat(started.get("state")).isEqualTo("running");
        assertThat(arms(started, "state")).isEqualTo(List.of("running", "running"));
        assertThat(scene.act("start").problem()).isEqualTo("wrong-state");
    }

    @Test
    void stopsTheArmsThatAreNotOver() {
        scene.create("");
        scene.members();
        scene.act("start");
        assertThat(scene.operator.delete("/experiments/" + scene.name).problem())
                .isEqualTo("wrong-state");
        scene.operator.post("/runs/" + scene.name + "-control/cancel");
        assertThat(scene.show().get("state")).isEqualTo("running");
        assertThat(arms(scene.act("stop"), "state")).isEqualTo(List.of("cancelled", "cancelled"));
        assertThat(scene.show().get("state")).isEqualTo("over");
        assertThat(scene.act("stop").problem()).isEqualTo("wrong-state");
    }

    @Test
    void deletesAnExperimentThatIsOverAndKeepsItsRuns() {
        scene.create("");
        assertThat(scene.operator.delete("/experiments/" + scene.name).problem())
                .isEqualTo("wrong-state");
        scene.act("stop");
        assertThat(scene.operator.delete("/experiments/" + scene.name).status()).isEqualTo(204);
        assertThat(scene.show().problem()).isEqualTo("experiment-not-found");
        assertThat(scene.run("control").get("state")).isEqualTo("cancelled");
    }

    @Test
    void continuesWithTheOtherArmsIfOneFails() {
        scene.operator.postJson(
                "/experiments",
                "{\"name\": \"" + scene.name + "\", " + DEFINITION
                        + ", \"arms\": {\"control\": {\"gamma\": \"1e308\"}, \"normalized\": {\"algorithm\":"
                        + " \"ef21-norm\"}}}");
        Pair members = scene.members();
        scene.operator.patch("/runs/" + scene.name + "-control", "{\"participants\": {\"max\": 1}}");
        scene.operator.patch("/runs/" + scene.name + "-normalized", "{\"participants\": {\"max\": 1}}");
        scene.act("start");
        Stream.of(members.control(), members.normalized())
                .forEach(device -> device.answer(0, new double[] {1, -20, 3, -4, 50, -6}));
        TestDevice going = members.normalized();
        assertThat(going.waitForTask(0).join().get("state")).isEqualTo("running");
        members.control().waitForTask(0).join();
        assertThat(arms(scene.show(), "state")).isEqualTo(List.of("failed", "running"));
        assertThat(arms(scene.show(), "message").get(0)).isNotNull();
        assertThat(scene.show().get("state")).isEqualTo("running");
    }

    @Test
    void createsNothingIfOneArmIsWrong() {
        Reply refused = scene.operator.postJson(
                "/experiments",
                "{\"name\": \"" + scene.name + "\", " + DEFINITION
                        + ", \"arms\": {\"a\": {}, \"b\": {\"algorithm\": \"x\", \"rounds\": 0}}}");
        assertThat(refused.problem()).isEqualTo("invalid");
        assertThat(refused.get("arm")).isEqualTo("b");
        assertThat(refused.get("detail")).contains("arm 'b'", "algorithm", "rounds");
        assertThat(scene.operator.get("/runs/" + scene.name + "-a").problem()).isEqualTo("run-not-found");
    }

    @Test
    void createsNothingIfANameIsTaken() {
        scene.operator.postJson(
                "/runs",
                "{\"name\": \"" + scene.name + "-normalized\", \"dimension\": 6, \"algorithm\": \"gd\", \"rounds\": 2,"
                        + " \"gamma\": \"0.1\"}");
        assertThat(scene.create("").problem()).isEqualTo("name-taken");
        assertThat(scene.run("control").problem()).isEqualTo("run-not-found");
        assertThat(scene.show().problem()).isEqualTo("experiment-not-found");
    }

    @Test
    void setsTheNamesAndDevicesOfArmsItself() {
        String arms = ", " + ARMS + "}";
        for (String[] wrong : new String[][] {
            {"\"definition\": {\"name\": \"x\"}" + arms, "definition.name"},
            {"\"definition\": {\"devices\": {\"part\": {}}}" + arms, "definition.devices.part"},
            {"\"selector\": \"a\", \"definition\": {\"devices\": {\"join\": \"b\"}}" + arms, "definition.devices.join"},
            {DEFINITION + ", \"arms\": {\"a\": {}, \"b\": {\"name\": \"x\"}}}", "arms.b.name"},
            {DEFINITION + ", \"arms\": {\"a\": {}, \"b\": {\"devices\": {}}}}", "arms.b.devices"},
            {"\"share\": 0, " + DEFINITION + arms, "share"},
        }) {
            Reply refused = scene.operator.postJson("/experiments", "{\"name\": \"" + scene.name + "\", " + wrong[0]);
            assertThat(refused.problem()).as(wrong[0]).isEqualTo("invalid");
            assertThat(refused.get("field")).isEqualTo(wrong[1]);
        }
    }

    @Test
    void needsAtLeastTwoArms() {
        for (String arms : List.of("{}", "{\"a\": {}}", "{\"A\": {}, \"b\": {}}", "{\"a\": null, \"b\": {}}")) {
            Reply refused = scene.operator.postJson(
                    "/experiments", "{\"name\": \"" + scene.name + "\", " + DEFINITION + ", \"arms\": " + arms + "}");
            assertThat(refused.problem()).as(arms + refused).isEqualTo("invalid");
        }
    }
}
