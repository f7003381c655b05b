package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class RetentionSchedulerTest extends PrunedRun {

    private static final int ROUNDS = 4;

    @Autowired
    private RetentionScheduler scheduler;

    @Autowired
    private HistoryLocks locks;

    private Scene finished() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, ROUNDS);
        rounds(scene, 0, ROUNDS);
        assertThat(scene.view().get("state")).isEqualTo("finished");
        return scene;
    }

    private int payloads(Scene scene) {
        return count(scene, "message", "payload_id IN (SELECT id FROM message_payload)");
    }

    @Test
    void aFinishedRunIsCompactedByTheNextSweep() {
        Scene scene = finished();

        scheduler.work();

        assertThat(payloads(scene)).isZero();
    }

    @Test
    void aFinishedRunThatWasExportedDuringASweepIsCompactedByALaterOne() {
        Scene scene = finished();
        locks.reading(key(scene), () -> {
            scheduler.work();
            return null;
        });
        assertThat(payloads(scene)).isEqualTo(3 * ROUNDS);

        scheduler.work();

        assertThat(payloads(scene)).isZero();
    }

    @Test
    void aRunIsCheckedAgainOnceARoundHasClosed() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 4);
        scheduler.work();
        scheduler.work();
        assertThat(payloads(scene)).isZero();

        rounds(scene, 4, 8);
        scheduler.work();

        assertThat(payloads(scene)).isZero();
    }
}
