package io.evenkeel.coordinator.experiment;

import static io.evenkeel.coordinator.experiment.ExperimentScene.arms;
import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.experiment.ExperimentScene.Pair;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.engine.selection.DeviceTurns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class CrossoverTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private ExperimentScene scene;

    @BeforeEach
    void newExperiment() {
        scene = new ExperimentScene(api, jdbc);
    }

    /** Lets devices join both arms until each sequence of the crossover has two devices. */
    private List<Pair> crossing(DeviceTurns turns) {
        List<Pair> devices = new ArrayList<>();
        while (IntStream.range(0, 2)
                .anyMatch(sequence -> devices.stream()
                                .filter(device ->
                                        turns.sequence(device.control().client()) == sequence)
                                .count()
                        < 2)) {
            Pair device = scene.device();
            device.control().join(1);
            device.normalized().join(1);
            devices.add(device);
        }
        return devices;
    }

    private boolean isAsked(TestDevice device, String arm, int round) {
        Reply task = device.http().get("/runs/" + scene.name + "-" + arm + "/task?after=" + (round - 1));
        return task.status() == 200 && task.get("state").equals("running");
    }

    private List<Object> workOf(TestDevice device) {
        Reply work = device.http().get("/work?limit=100");
        List<?> items = work.status() == 200
                ? (List<?>) Objects.requireNonNull(work.json().get("work"))
                : List.of();
        return items.stream()
                .map(item -> (Object) ((Map<?, ?>) item).get("run"))
                .filter(run -> String.valueOf(run).startsWith(scene.name))
                .toList();
    }

    @Test
    void asksEachDeviceInOneArmAtATimeInTurn() {
        Reply created = scene.create("\"assignment\": \"crossover\", \"block\": 2, \"seed\": \"turns\"");
        assertThat(created.number("block")).isEqualTo(2);
        DeviceTurns control = new DeviceTurns("turns", 0, 2, 2);
        List<Pair> devices = crossing(control);
        scene.act("start");

        for (int round = 0; round < 4; round++) {
            for (Pair device : devices) {
                boolean inControl = control.has(device.control().client(), round);
                assertThat(isAsked(device.control(), "control", round)).isEqualTo(inControl);
                assertThat(isAsked(device.normalized(), "normalized", round)).isEqualTo(!inControl);
                assertThat(workOf(device.control()))
                        .containsExactly(scene.name + (inControl ? "-control" : "-normalized"));
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
        eventually().until(() -> arms(scene.show(), "round").stream().allMatch(open -> open.equals(round)));
    }

    @Test
    void refusesBlocksWithoutACrossover() {
        Reply refused = scene.create("\"block\": 2");
        assertThat(refused.problem()).isEqualTo("invalid");
        assertThat(refused.get("detail"))
                .isEqualTo("block: is present, but with the assignment 'split' a device stays in its arm");
    }
}
