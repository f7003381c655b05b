package io.evenkeel.coordinator.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.retention.RetentionStep;
import io.evenkeel.coordinator.retention.RunRetention;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.StateBackup;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests a device's encrypted copy of its state; the coordinator can read only its position. */
@CoordinatorTest
class MemberBackupTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RunRetention retention;

    private CohortScene cohort;
    private CohortDevice device;

    @BeforeEach
    void closeARound() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21);
        cohort = new CohortScene(scene, "identity", 5, 6, 100)
                .create("ef21-norm", 9, "")
                .members(6)
                .start();
        cohort.round(0);
        device = cohort.devices.get(0);
    }

    private String path() {
        return "/runs/" + cohort.scene.run + "/members/me/backup";
    }

    private byte[] copy(long sequence, long head, int vectors) {
        byte[] nonce = new byte[StateBackup.NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return new StateBackup(
                        new StateBackup.Position(sequence, head),
                        0,
                        FeedbackMethod.EF21,
                        Scene.DIMENSION,
                        Collections.nCopies(vectors, device.memory()))
                .encrypt(new byte[StateBackup.KEY_BYTES], cohort.scene.run, "client", nonce);
    }

    private byte[] current() {
        return copy(device.sequence(), device.head(), 1);
    }

    private Reply put(byte[] bytes) {
        return device.plain().http().put(path(), StateBackup.MEDIA_TYPE, bytes);
    }

    private Reply get() {
        return device.plain().http().get(path());
    }

    @Test
    void theNewestCopyIsKept() {
        assertThat(get().status()).as("none yet").isEqualTo(204);
        byte[] first = current();
        assertThat(put(first).status()).isEqualTo(204);
        assertThat(put(first).status()).as("the same copy again").isEqualTo(204);
        assertThat(get().status()).isEqualTo(200);
        assertThat(get().header("Content-Type")).isEqualTo(StateBackup.MEDIA_TYPE);
        assertThat(get().body()).isEqualTo(first);
        byte[] other = current();
        assertThat(put(other).status()).as("with another nonce").isEqualTo(204);
        assertThat(get().body()).isEqualTo(other);

        cohort.round(1);
        assertThat(get().body()).as("no newer copy arrived").isEqualTo(other);
        byte[] next = current();
        assertThat(put(next).status()).isEqualTo(204);
        assertThat(put(other).problem()).as("older than the one kept").isEqualTo("state-diverged");
        assertThat(get().body()).isEqualTo(next);
        assertThat(cohort.devices.get(1).plain().http().get(path()).status())
                .as("each has its own")
                .isEqualTo(204);
    }

    @Test
    void anythingButACopyOfTheCurrentStateIsRefused() {
        byte[] kept = current();
        put(kept);
        Reply ahead = put(copy(device.sequence() + 1, device.head(), 1));
        assertThat(ahead.problem()).isEqualTo("state-diverged");
        assertThat(ahead.number("expectedSequence")).isEqualTo(1);
        assertThat(put(copy(device.sequence(), device.head() + 1, 1)).problem()).isEqualTo("state-diverged");
        assertThat(put(copy(device.sequence(), device.head(), 2)).problem()).isEqualTo("too-large");
        assertThat(put(new byte[20]).problem()).isEqualTo("invalid-frame");
        byte[] message = current();
        message[1] = 'M';
        assertThat(put(message).problem()).isEqualTo("invalid-frame");
        assertThat(get().body()).isEqualTo(kept);

        Scene plain = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21)
                .create("ef21-norm", 9, "")
                .members(1);
        String other = "/runs/" + plain.run + "/members/me/backup";
        assertThat(plain.devices.get(0).http().get(other).problem()).isEqualTo("plan-exceeded");
        assertThat(device.plain().http().get("/runs/none/members/me/backup").problem())
                .isEqualTo("run-not-found");
    }

    @Test
    void aMemberThatHasLeftLeavesNoCopy() {
        put(current());
        device.plain().http().delete("/runs/" + cohort.scene.run + "/members/me");
        assertThat(get().problem()).isEqualTo("member-not-found");
        cohort.devices.remove(device);
        cohort.round(1);

        while (retention.step(run()) != RetentionStep.NOTHING_LEFT) {
            // An export may postpone a step.
            Thread.onSpinWait();
        }
        assertThat(jdbc.queryForList("SELECT ordinal FROM member_backup WHERE run_id = ?", Integer.class, run()))
                .isEqualTo(List.of());
    }

    private long run() {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, cohort.scene.run));
    }
}
