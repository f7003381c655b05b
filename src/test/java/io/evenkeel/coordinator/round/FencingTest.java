package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;

/** A coordinator stalls after it has computed a round, for longer than its lease, and then continues. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FencingTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    private SharedCoordinator stalling;
    private SharedCoordinator other;
    private JdbcTemplate jdbc;
    private Stall stall;
    private Scene scene;
    private long run;

    /** Stalls between the computation of a round and the writing of its result. */
    @Primary
    static final class Stall extends Downlink {
        private volatile CountDownLatch reached = new CountDownLatch(1);
        private volatile CountDownLatch over = new CountDownLatch(1);

        void again() {
            reached = new CountDownLatch(1);
            over = new CountDownLatch(1);
        }

        @Override
        public long take(long run, int round) {
            reached.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return super.take(run, round);
        }
    }

    @BeforeAll
    void startBoth() {
        String url = Postgres.shared().newDatabase();
        // Disables ticks and renewals, since the test triggers everything itself.
        String[] settings = {"evenkeel.rounds.tick=0s", "evenkeel.lease.duration=1h"};
        stalling = SharedCoordinator.start(url, List.of(Stall.class), settings);
        other = SharedCoordinator.start(url, settings);
        jdbc = other.part(JdbcTemplate.class);
        stall = stalling.part(Stall.class);
    }

    @BeforeEach
    void stallInRoundZero() throws InterruptedException {
        stall.again();
        scene = new Scene(
                        stalling.endpoint(), jdbc, Scene.newName() + "-fenced", "identity+float64", FeedbackMethod.NONE)
                .create("gd", 3, "\"gamma\":\"constant:0.5\"")
                .members(1)
                .start();
        scene.devices.get(0).answer(0, GRADIENT);
        run = Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, scene.run));
        stall.reached.await();
        jdbc.update("UPDATE run SET lease_until = CURRENT_TIMESTAMP - INTERVAL '1 second' WHERE id = ?", run);
    }

    @AfterEach
    void endStallAfterAFailure() {
        stall.over.countDown();
    }

    @AfterAll
    void stopBoth() {
        stalling.stop();
        other.stop();
    }

    @Test
    void changesNothingAfterAnotherCoordinatorHasTakenOver() {
        assertThat(other.part(Leases.class).hold(run)).hasValue(2);
        Map<String, Object> before = state();

        endStall();

        assertThat(state()).isEqualTo(before);
        assertThat(jdbc.queryForList("SELECT round_number FROM round_update WHERE run_id = ?", run))
                .isEmpty();
        assertThat(other.part(RoundLifecycle.class).advance(run)).isTrue();
        assertThat(scene.devices.get(0).model(1)).containsExactly(-0.5, -1, -1.5, -2, -2.5, -3);
    }

    @Test
    void changesNothingAfterAnotherCoordinatorHasClosedTheRound() {
        assertThat(other.part(RoundLifecycle.class).advance(run)).isTrue();
        Map<String, Object> before = state();

        endStall();

        assertThat(state()).isEqualTo(before).containsEntry("round_number", 1);
        assertThat(scene.devices.get(0).model(1)).containsExactly(-0.5, -1, -1.5, -2, -2.5, -3);
        assertThat(scene.devices.get(0).task(0).number("round")).isEqualTo(1);
    }

    /** Waits until the stalled attempt has ended, since only one thread at a time works on a run. */
    private void endStall() {
        stall.over.countDown();
        assertThat(stalling.part(RoundLifecycle.class).advance(run)).isFalse();
    }

    private Map<String, Object> state() {
        return jdbc.queryForMap("SELECT * FROM run WHERE id = ?", run);
    }
}
