package io.evenkeel.coordinator.experiment;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.selection.DeviceTurns;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ExperimentTest {

    private static final String DEFINITION = "\"definition\": {\"dimension\": 6, \"algorithm\": \"ef21\","
            + " \"compressor\": \"top-k:2\", \"gamma\": \"0.1\", \"rounds\": 20, \"priority\": 1000}";
    private static final String ARMS = "\"arms\": {\"control\": {}, \"normalized\": {\"algorithm\": \"ef21-norm\"}}";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    /** A device of each arm. */
    private record Pair(TestDevice control, TestDevice normalized) {}

    private Http operator;
    private String name;

    @BeforeEach
    void name() {
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        name = Scene.newName() + "-trial";
    }

    private Reply create(String more) {
        return operator.postJson(
                "/experiments",
                "{\"name\": \"" + name + "\", " + DEFINITION + ", " + ARMS + (more.isEmpty() ? "" : ", " + more) + "}");
    }

    private Reply act(String verb) {
        return operator.post("/experiments/" + name + "/" + verb);
    }

    private Reply show() {
        return operator.get("/experiments/" + name);
    }

    private Reply run(String arm) {
        return operator.get("/runs/" + name + "-" + arm);
    }

    /** Enrols a client, and returns it as a device of each arm. */
    private Pair device() {
        String client = Credential.newId();
        String secret = Credential.newDeviceToken(client);
        Scene.enrol(jdbc, client, secret);
        Http http = new Http(api.endpoint(), secret);
        return new Pair(
                new TestDevice(http, name + "-control", client, 6, "top-k:2", FeedbackMethod.EF21),
                new TestDevice(http, name + "-normalized", client, 6, "top-k:2", FeedbackMethod.EF21));
    }

    /** Joins the arms with devices until each has one, and returns these by arm. */
    private Pair members() {
        TestDevice control = null;
        TestDevice normalized = null;
        while (control == null || normalized == null) {
            Pair device = device();
            control = device.control().join(1).status() == 201 ? device.control() : control;
            normalized = device.normalized().join(1).status() == 201 ? device.normalized() : normalized;
        }
        return new Pair(control, normalized);
    }

    private static List<?> arms(Reply experiment, String field) {
        List<Object> values = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(experiment.json().get("arms")))
                .forEach(arm -> values.add(((Map<?, ?>) arm).get(field)));
        return values;
    }

    @Test
    void createsARunForEachArm() {
        Reply created = create("\"share\": 0.5, \"selector\": \"region=eu\"");
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        assertThat(created.header("Location")).isEqualTo("/api/v1/experiments/" + name);
        assertThat(created.get("state")).isEqualTo("created");
        assertThat(created.get("assignment")).isEqualTo("split");
        assertThat(created.get("createdBy")).isNotEmpty();
        assertThat(arms(created, "run")).isEqualTo(List.of(name + "-control", name + "-normalized"));
        assertThat(run("control").get("algorithm")).isEqualTo("ef21");
        assertThat(run("normalized").get("algorithm")).isEqualTo("ef21-norm");
        assertThat(run("control").get("devices"))
                .isEqualTo("{join=region=eu, part={seed=" + name + ", from=0.0, to=0.25}}");
        assertThat(run("normalized").get("devices"))
                .isEqualTo("{join=region=eu, part={seed=" + name + ", from=0.25, to=0.5}}");
        assertThat(show().json()).isEqualTo(created.json());
    }

    @Test
    void findsTheExperimentOfARun() {
        create("");
        assertThat(operator.get("/experiments?run=" + name + "-control").jsonList())
                .extracting(found -> found.get("name"))
                .containsExactly(name);
        assertThat(operator.get("/experiments?search=" + name).jsonList()).hasSize(1);
        assertThat(operator.get("/experiments?run=none").jsonList()).isEmpty();
    }

    @Test
    void admitsADeviceToOneArmAlone() {
        create("");
        for (int i = 0; i < 30; i++) {
            Pair device = device();
            assertThat(List.of(
                            device.control().join(1).problem(),
                            device.normalized().join(1).problem()))
                    .containsExactlyInAnyOrder("none, status 201", "device-not-chosen");
        }
    }

    @Test
    void admitsTheSameDevicesToAllArmsOfACrossover() {
        create("\"share\": 0.5, \"assignment\": \"crossover\"");
        for (int i = 0; i < 20; i++) {
            Pair device = device();
            assertThat(device.control().join(1).status())
                    .isEqualTo(device.normalized().join(1).status());
        }
        assertThat(arms(show(), "members").get(0))
                .isEqualTo(arms(show(), "members").get(1));
    }

    /** Joins both arms with devices until each sequence of a crossover has two. */
    private List<Pair> crossing(DeviceTurns turns) {
        List<Pair> devices = new ArrayList<>();
        while (IntStream.range(0, 2)
                .anyMatch(sequence -> devices.stream()
                                .filter(device ->
                                        turns.sequence(device.control().client()) == sequence)
                                .count()
                        < 2)) {
            Pair device = device();
            device.control().join(1);
            device.normalized().join(1);
            devices.add(device);
        }
        return devices;
    }

    private boolean isAsked(TestDevice device, String arm, int round) {
        Reply task = device.http().get("/runs/" + name + "-" + arm + "/task?after=" + (round - 1));
        return task.status() == 200 && task.get("state").equals("running");
    }

    private List<Object> workOf(TestDevice device) {
        Reply work = device.http().get("/work?limit=10");
        List<?> items = work.status() == 200
                ? (List<?>) Objects.requireNonNull(work.json().get("work"))
                : List.of();
        return items.stream()
                .map(item -> (Object) ((Map<?, ?>) item).get("run"))
                .filter(run -> String.valueOf(run).startsWith(name))
                .toList();
    }

    @Test
    void asksEachDeviceInOneArmAtATimeInTurn() {
        Reply created = create("\"assignment\": \"crossover\", \"block\": 2, \"seed\": \"turns\"");
        assertThat(created.number("block")).isEqualTo(2);
        DeviceTurns control = new DeviceTurns("turns", 0, 2, 2);
        List<Pair> devices = crossing(control);
        act("start");

        for (int round = 0; round < 4; round++) {
            for (Pair device : devices) {
                boolean inControl = control.has(device.control().client(), round);
                assertThat(isAsked(device.control(), "control", round)).isEqualTo(inControl);
                assertThat(isAsked(device.normalized(), "normalized", round)).isEqualTo(!inControl);
                assertThat(workOf(device.control())).containsExactly(name + (inControl ? "-control" : "-normalized"));
                assertThat(inControl)
                        .isEqualTo(control.sequence(device.control().client()) == round / 2);
            }
            for (Pair device : devices) {
                boolean inControl = control.has(device.control().client(), round);
                TestDevice asked = inControl ? device.control() : device.normalized();
                assertThat(asked.answer(round, new double[] {1, -2, 3, -4, 5, -6})
                                .status())
                        .isEqualTo(201);
            }
            awaitRound(round + 1);
        }
    }

    private void awaitRound(int round) {
        eventually().until(() -> arms(show(), "round").stream().allMatch(open -> open.equals(round)));
    }

    @Test
    void asksAllMembersIfFewerHaveTheirTurnThanARoundNeeds() {
        create("\"assignment\": \"crossover\"");
        Pair only = device();
        only.control().join(1);
        only.normalized().join(1);
        act("start");

        assertThat(isAsked(only.control(), "control", 0)).isTrue();
        assertThat(isAsked(only.normalized(), "normalized", 0)).isTrue();
        act("stop");
    }

    @Test
    void refusesBlocksWithoutACrossover() {
        Reply refused = create("\"block\": 2");
        assertThat(refused.problem()).isEqualTo("invalid");
        assertThat(refused.get("detail"))
                .isEqualTo("block: is given, but with the assignment 'split' a device stays in its arm");
    }

    @Test
    void startsAllArmsOrNone() {
        create("");
        while (arms(show(), "members").get(0).equals(0)) {
            device().control().join(1);
        }
        Reply refused = act("start");
        assertThat(refused.problem()).isEqualTo("too-few-members");
        assertThat(refused.get("detail")).contains(name + "-normalized");
        assertThat(arms(show(), "state")).isEqualTo(List.of("created", "created"));

        members();
        Reply started = act("start");
        assertThat(started.status()).as(started.toString()).isEqualTo(200);
        assertThat(started.get("state")).isEqualTo("running");
        assertThat(arms(started, "state")).isEqualTo(List.of("running", "running"));
        assertThat(act("start").problem()).isEqualTo("wrong-state");
    }

    @Test
    void stopsTheArmsThatAreNotOver() {
        create("");
        members();
        act("start");
        assertThat(operator.delete("/experiments/" + name).problem()).isEqualTo("wrong-state");
        operator.post("/runs/" + name + "-control/cancel");
        assertThat(show().get("state")).isEqualTo("running");
        assertThat(arms(act("stop"), "state")).isEqualTo(List.of("cancelled", "cancelled"));
        assertThat(show().get("state")).isEqualTo("over");
        assertThat(act("stop").problem()).isEqualTo("wrong-state");
    }

    @Test
    void deletesAnExperimentThatIsOverAndKeepsItsRuns() {
        create("");
        assertThat(operator.delete("/experiments/" + name).problem()).isEqualTo("wrong-state");
        act("stop");
        assertThat(operator.delete("/experiments/" + name).status()).isEqualTo(204);
        assertThat(show().problem()).isEqualTo("experiment-not-found");
        assertThat(run("control").get("state")).isEqualTo("cancelled");
    }

    @Test
    void goesOnWithTheOtherArmsIfOneFails() {
        operator.postJson(
                "/experiments",
                "{\"name\": \"" + name + "\", " + DEFINITION
                        + ", \"arms\": {\"control\": {\"gamma\": \"1e308\"}, \"normalized\": {\"algorithm\":"
                        + " \"ef21-norm\"}}}");
        Pair members = members();
        operator.patch("/runs/" + name + "-control", "{\"participants\": {\"max\": 1}}");
        operator.patch("/runs/" + name + "-normalized", "{\"participants\": {\"max\": 1}}");
        act("start");
        Stream.of(members.control(), members.normalized())
                .forEach(device -> device.answer(0, new double[] {1, -20, 3, -4, 50, -6}));
        TestDevice going = members.normalized();
        assertThat(going.waitForTask(0).join().get("state")).isEqualTo("running");
        members.control().waitForTask(0).join();
        assertThat(arms(show(), "state")).isEqualTo(List.of("failed", "running"));
        assertThat(arms(show(), "message").get(0)).isNotNull();
        assertThat(show().get("state")).isEqualTo("running");
    }

    @Test
    void createsNothingIfOneArmIsWrong() {
        Reply refused = operator.postJson(
                "/experiments",
                "{\"name\": \"" + name + "\", " + DEFINITION
                        + ", \"arms\": {\"a\": {}, \"b\": {\"algorithm\": \"x\", \"rounds\": 0}}}");
        assertThat(refused.problem()).isEqualTo("invalid");
        assertThat(refused.get("arm")).isEqualTo("b");
        assertThat(refused.get("detail")).contains("arm 'b'", "algorithm", "rounds");
        assertThat(operator.get("/runs/" + name + "-a").problem()).isEqualTo("run-not-found");
    }

    @Test
    void createsNothingIfANameIsTaken() {
        operator.postJson(
                "/runs",
                "{\"name\": \"" + name + "-normalized\", \"dimension\": 6, \"algorithm\": \"gd\", \"rounds\": 2,"
                        + " \"gamma\": \"0.1\"}");
        assertThat(create("").problem()).isEqualTo("name-taken");
        assertThat(run("control").problem()).isEqualTo("run-not-found");
        assertThat(show().problem()).isEqualTo("experiment-not-found");
    }

    @Test
    void setsNamesAndPartsOfDevicesItself() {
        String arms = ", " + ARMS + "}";
        for (String[] wrong : new String[][] {
            {"\"definition\": {\"name\": \"x\"}" + arms, "definition.name"},
            {"\"definition\": {\"devices\": {\"part\": {}}}" + arms, "definition.devices.part"},
            {"\"selector\": \"a\", \"definition\": {\"devices\": {\"join\": \"b\"}}" + arms, "definition.devices.join"},
            {DEFINITION + ", \"arms\": {\"a\": {}, \"b\": {\"name\": \"x\"}}}", "arms.b.name"},
            {DEFINITION + ", \"arms\": {\"a\": {}, \"b\": {\"devices\": {}}}}", "arms.b.devices"},
            {"\"share\": 0, " + DEFINITION + arms, "share"},
        }) {
            Reply refused = operator.postJson("/experiments", "{\"name\": \"" + name + "\", " + wrong[0]);
            assertThat(refused.problem()).as(wrong[0]).isEqualTo("invalid");
            assertThat(refused.get("field")).isEqualTo(wrong[1]);
        }
    }

    @Test
    void needsAtLeastTwoArms() {
        for (String arms : List.of("{}", "{\"a\": {}}", "{\"A\": {}, \"b\": {}}", "{\"a\": null, \"b\": {}}")) {
            Reply refused = operator.postJson(
                    "/experiments", "{\"name\": \"" + name + "\", " + DEFINITION + ", \"arms\": " + arms + "}");
            assertThat(refused.problem()).as(arms + refused).isEqualTo("invalid");
        }
    }
}
