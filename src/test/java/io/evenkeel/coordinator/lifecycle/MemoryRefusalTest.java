package io.evenkeel.coordinator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.round.RoundLifecycle;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.testing.Eventually;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configured heap has room for two small runs but not for three, and after a restart for only one. */
@OnlyInCi
class MemoryRefusalTest {

    private static final long NOBODY_WAITS = 0;

    @TempDir
    Path folder;

    private RestartableCoordinator coordinator;

    @BeforeEach
    void start() {
        coordinator = new RestartableCoordinator(folder, heapFor(2.5), "--evenkeel.rounds.tick=0");
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    /** Returns a heap whose share for models is a multiple of about 1 MiB, which a run with six parameters needs. */
    private static HeapBudget heapFor(double runs) {
        long wanted = (long) (runs * (1 << 20));
        long heap = 1 << 20;
        while (new HeapBudget(heap, NOBODY_WAITS, 0).of(HeapBudget.Share.MODELS) < wanted) {
            heap += 1 << 16;
        }
        return new HeapBudget(heap, NOBODY_WAITS, 0);
    }

    private Scene scene() {
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1);
    }

    private void restart(double runs, Scene... scenes) {
        coordinator.restart(heapFor(runs));
        for (Scene scene : scenes) {
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        }
    }

    private static void assertInsufficient(Reply reply) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.problem()).isEqualTo("insufficient-memory");
        assertThat(reply.number("neededBytes")).isGreaterThan(reply.number("leftBytes"));
        assertThat(reply.get("action")).contains("-Xmx");
    }

    @Test
    void aRunThatDoesNotFitIsRefusedUntilAnotherIsOver() {
        Scene first = scene();
        Scene second = scene();
        Scene third = scene();
        first.start();
        second.start();

        assertInsufficient(third.operator.post("/runs/" + third.run + "/start"));
        assertThat(third.view().get("state")).isEqualTo("created");
        assertInsufficient(third.operator.postJson(
                "/runs", "{\"name\":\"one-more\",\"dimension\":6,\"algorithm\":\"ef21-norm\",\"rounds\":3}"));

        first.act("cancel");
        coordinator.bean(RoundLifecycle.class).due();
        assertThat(third.start().view().get("state")).isEqualTo("running");
    }

    @Test
    void aRunThatNoLongerFitsAfterARestartIsPausedWithTheReasonAndCanBeResumedLater() {
        Scene first = scene();
        Scene second = scene();
        first.start();
        second.start();
        restart(1.5, first, second);

        Eventually.eventually().until(() -> "paused".equals(second.view().get("state")));
        assertThat(first.view().get("state")).isEqualTo("running");
        assertThat(second.view().get("message")).contains("needs 2 MB of memory", "-Xmx", "resume");
        assertInsufficient(second.operator.post("/runs/" + second.run + "/resume"));

        restart(2.5, first, second);
        second.act("resume");
        assertThat(second.view().get("state")).isEqualTo("running");
        assertThat(second.view().get("message")).isEqualTo("null");
        second.devices.get(0).answer(0, new double[] {1, 2, 3, 4, 5, 6});
        coordinator.bean(RoundLifecycle.class).due().forEach(coordinator.bean(RoundLifecycle.class)::advance);
        assertThat(second.view().number("round")).isEqualTo(1);
        assertThat(coordinator.bean(RunMemory.class).kept()).hasSize(2);
    }
}
