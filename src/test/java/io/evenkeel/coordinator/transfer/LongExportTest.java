package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests an export that takes longer than the time for which compacted segments are kept. */
class LongExportTest {

    private static final int HEAD_BYTES = 16;

    /** Runs an action in another thread when the first record is written. The export still sees the earlier rows. */
    private static final class Interrupted extends OutputStream {

        private final Runnable interruption;
        private long written;

        Interrupted(Runnable interruption) {
            this.interruption = interruption;
        }

        @Override
        public void write(int one) {
            written++;
            if (written == HEAD_BYTES + 1) {
                CompletableFuture.runAsync(interruption).join();
            }
        }
    }

    @Test
    void failsAndStopsNoRun(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(
                folder,
                "--evenkeel.storage.inline=0B",
                "--evenkeel.storage.sweep=0s",
                "--evenkeel.retention.every=0s")) {
            Scene scene = new Scene(
                            coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 12, "\"gamma\":\"anytime:0.5:0.5\"")
                    .members(2)
                    .start();
            scene.closeRound(0, new double[] {1, 2, 3, 4, 5, 6});
            PlanCache.Known known = coordinator.bean(PlanCache.class).named(scene.run);
            Exports exports = coordinator.bean(Exports.class);

            assertThatThrownBy(() -> exports.run(known, new Interrupted(() -> deleteSegments(coordinator))))
                    .isInstanceOfSatisfying(ProblemException.class, refusal -> {
                        assertThat(refusal.problem()).isEqualTo(ProblemKind.BUSY);
                        assertThat(refusal.detail()).contains("evenkeel.storage.segment-grace");
                    });
            assertThat(scene.view().get("state")).isEqualTo("running");
        }
    }

    /** Simulates compaction and a sweep. */
    private static void deleteSegments(RestartableCoordinator coordinator) {
        List<String> names = coordinator
                .jdbc()
                .queryForList("SELECT name FROM stored_object WHERE live IS NOT NULL AND used > 0", String.class);
        assertThat(names).isNotEmpty();
        coordinator.jdbc().update("DELETE FROM message_payload");
        coordinator.jdbc().update("DELETE FROM stored_object WHERE live IS NOT NULL");
        names.forEach(coordinator.bean(ObjectStore.class)::delete);
    }
}
