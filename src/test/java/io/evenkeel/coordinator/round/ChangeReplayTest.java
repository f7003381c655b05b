package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A run whose definition changes during training ends with the same bits, no matter when the coordinator restarts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangeReplayTest {

    private static final double[] WEIGHTS = {1, 2, 3, 100};
    private static final int CREATED_WITH = 4;
    private static final int ROUNDS = 9;
    private static final int FIRST_CHANGE = 2;
    private static final int SECOND_CHANGE = 5;
    private static final double MAX_WEIGHT = 10;

    private RestartableCoordinator coordinator;

    @BeforeAll
    void start(@TempDir Path folder) {
        // Without ticks, rounds close only after messages and changes.
        coordinator = start(folder, "--evenkeel.rounds.checkpoint-every=4", "--evenkeel.rounds.tick=0");
    }

    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(folder, settings);
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private Scene scene(String more) {
        Scene scene = new Scene(
                        coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", CREATED_WITH, "\"gamma\":\"horizon:0.7:0.5\",\"seed\":5" + more);
        for (double weight : WEIGHTS) {
            scene.member(weight);
        }
        return scene.start();
    }

    private static void change(Scene scene, String patch) {
        Reply reply = scene.operator.patch("/runs/" + scene.run, patch);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    }

    /** Trains to the end, with two changes during the run. */
    private static void train(Scene scene, IntConsumer afterChange, IntConsumer beforeLast) {
        for (int round = 0; round < ROUNDS; round++) {
            if (round == FIRST_CHANGE) {
                change(scene, "{\"rounds\":20,\"sampling\":0.5,\"weights\":{\"max\":" + MAX_WEIGHT + "}}");
                afterChange.accept(round);
            }
            if (round == SECOND_CHANGE) {
                change(scene, "{\"rounds\":" + ROUNDS + ",\"participants\":{\"min\":3}}");
                afterChange.accept(round);
            }
            answer(scene, round, beforeLast);
        }
        assertThat(scene.view().get("state")).isEqualTo("finished");
    }

    private static void answer(Scene scene, int round, IntConsumer beforeLast) {
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < WEIGHTS.length; i++) {
            if (scene.devices.get(i).task(round - 1).status() == 200) {
                asked.add(i);
            }
        }
        assertThat(asked).hasSize(round <= FIRST_CHANGE ? 4 : round <= SECOND_CHANGE ? 2 : 3);
        for (int k = 0; k < asked.size(); k++) {
            if (k == asked.size() - 1) {
                beforeLast.accept(round);
            }
            TestDevice device = scene.devices.get(asked.get(k));
            device.answer(round, TestDevice.gradient(device.model(round), asked.get(k)));
        }
        eventually().until(() -> scene.view().number("round") == round + 1);
    }

    private void restart(Scene scene) {
        coordinator.restart();
        scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
    }

    @Test
    void endsInTheSameBitsAsAnUndisturbedRunAndAsItsRecordSays() {
        endsInTheSameBits("");
    }

    /** The bound affects the bits, since two of the four vectors are longer than the lower median. */
    @Test
    @Tag("full")
    void aRobustRunEndsInTheSameBitsAsAnUndisturbedOneAndAsItsRecordSays() {
        endsInTheSameBits("clip:1");
    }

    private void endsInTheSameBits(String robust) {
        String more = robust.isEmpty() ? "" : ",\"weights\":{\"max\":100},\"robust\":\"" + robust + "\"";
        Scene undisturbed = scene(more);
        train(undisturbed, round -> {}, round -> {});
        Scene restarted = scene(more);
        train(restarted, round -> restart(restarted), round -> {
            if (round == FIRST_CHANGE + 1 || round == ROUNDS - 1) {
                restart(restarted);
            }
        });
        undisturbed.moveTo(coordinator.endpoint(), coordinator.jdbc());

        for (int round : List.of(FIRST_CHANGE + 1, SECOND_CHANGE + 1, ROUNDS)) {
            assertThat(restarted.replica(round).encode())
                    .isEqualTo(undisturbed.replica(round).encode());
        }
        ModelState replayed = replay(restarted, robust.isEmpty() ? null : NormClipping.parse(robust));
        assertThat(replayed.x()).isEqualTo(restarted.replica(ROUNDS).x());
        assertThat(replayed.sum()).isEqualTo(restarted.replica(ROUNDS).sum());
        assertThat(restarted.operator.post("/runs/" + restarted.run + "/audit").get("agrees"))
                .isEqualTo("true");
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(restarted.record(round).number("revision"))
                    .as("round " + round)
                    .isEqualTo(round <= FIRST_CHANGE ? 0 : round <= SECOND_CHANGE ? 1 : 2);
        }
    }

    /**
     * A change between the freezing and the closing of a round applies to the next round, and may change the number of
     * rounds.
     */
    @Test
    void aKillBetweenFreezingAndClosingLeavesConsistentState() {
        Scene scene = scene("");
        for (int round = 0; round < CREATED_WITH - 1; round++) {
            answer(scene, round, none -> {});
        }
        scene.act("pause");
        for (int i = 0; i < WEIGHTS.length; i++) {
            TestDevice device = scene.devices.get(i);
            device.answer(CREATED_WITH - 1, TestDevice.gradient(device.model(CREATED_WITH - 1), i));
        }
        restart(scene);
        // Simulates a kill right after the freezing of the round that was to be the last.
        coordinator.jdbc().update("UPDATE run SET closing = TRUE WHERE name = ?", scene.run);
        change(scene, "{\"rounds\":6,\"sampling\":0.25}");
        restart(scene);
        coordinator.bean(RoundScheduler.class).tick();

        eventually().until(() -> scene.view().number("round") == CREATED_WITH);
        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds/open").number("asked"))
                .isEqualTo(1);
        assertThat(scene.record(CREATED_WITH - 1).number("revision")).isZero();
    }

    /** Recomputes the run from its original definition, its revisions and its messages, using only the core module. */
    private ModelState replay(Scene scene, @Nullable NormClipping robust) {
        int d = Scene.DIMENSION;
        ModelState state = ModelState.start(TensorLayout.flat(d), new NormalizedStep(), new double[d], true);
        List<Map<String, Object>> revisions =
                scene.operator.get("/runs/" + scene.run + "/revisions").jsonList();
        int limitedFrom = revisions.stream()
                .filter(revision -> String.valueOf(revision.get("changes")).contains("weights.max"))
                .map(revision -> (Integer) revision.get("fromRound"))
                .findFirst()
                .orElseThrow();
        Map<Integer, double[]> memories = new HashMap<>();
        Schedule gamma = Schedule.parse("horizon:0.7:0.5");
        for (int round = 0; round < ROUNDS; round++) {
            state.beginRound();
            for (Stored stored : messages(scene, round)) {
                state.add(stored.message().delta(), weight(stored.ordinal(), round, limitedFrom));
                stored.message().delta().addTo(memories.computeIfAbsent(stored.ordinal(), i -> new double[d]), 1);
            }
            double total = 0;
            for (int i = 0; i < WEIGHTS.length; i++) {
                double next = weight(i, round + 1, limitedFrom);
                double[] memory = memories.get(i);
                if (next != weight(i, round, limitedFrom) && memory != null) {
                    state.add(memory, next - weight(i, round, limitedFrom));
                }
                total += next;
            }
            if (robust != null) {
                boundSum(state, memories, round + 1, limitedFrom, robust);
            }
            state.step(StepInput.of(total, gamma.at(round, CREATED_WITH - 1)));
        }
        return state;
    }

    /** Replaces S with the bounded sum of the members' vectors, weighted as in a round. */
    private static void boundSum(
            ModelState state, Map<Integer, double[]> memories, int round, int limitedFrom, NormClipping robust) {
        List<Integer> senders = memories.keySet().stream().sorted().toList();
        double[] weights = senders.stream()
                .mapToDouble(ordinal -> weight(ordinal, round, limitedFrom))
                .toArray();
        robust.sum(MemberVectorSource.of(senders.stream().map(memories::get).toList(), weights), state.sum());
    }

    private static double weight(int ordinal, int round, int limitedFrom) {
        return round >= limitedFrom ? Math.min(MAX_WEIGHT, WEIGHTS[ordinal]) : WEIGHTS[ordinal];
    }

    private record Stored(int ordinal, Message message) {}

    private List<Stored> messages(Scene scene, int round) {
        return coordinator
                .jdbc()
                .query(
                        "SELECT g.ordinal, p.data FROM message g JOIN message_payload p ON p.id = g.payload_id"
                                + " WHERE g.run_id = ? AND g.included_in = ? ORDER BY g.ordinal, g.sequence",
                        (row, i) -> new Stored(
                                row.getInt(1), Message.decode(row.getBytes(2), FrameLimits.of(Scene.DIMENSION))),
                        coordinator.bean(PlanCache.class).named(scene.run).run(),
                        round);
    }
}
