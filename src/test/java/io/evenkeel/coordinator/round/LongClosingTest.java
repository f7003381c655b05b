package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;

/** The tick of one run takes a long time, as with a large model, while other runs continue. */
class LongClosingTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @SuppressWarnings("NullAway.Init")
    private SharedCoordinator coordinator;

    @SuppressWarnings("NullAway.Init")
    private Held held;

    /** Blocks while it closes a round of the first run. */
    @Primary
    static final class Held extends RoundLifecycle {
        final CountDownLatch over = new CountDownLatch(1);
        private final AtomicLong run = new AtomicLong(-1);

        Held(
                RunRepository runs,
                PlanCache plans,
                RoundFreezer freezer,
                RoundCloser closer,
                RunCaches caches,
                CorruptionHandler corruption,
                DurableTransactions transactions) {
            super(runs, plans, freezer, closer, caches, corruption, transactions);
        }

        @Override
        public boolean advance(long id) {
            boolean changed = super.advance(id);
            if (changed) {
                run.compareAndSet(-1, id);
            }
            if (id == run.get()) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            return changed;
        }
    }

    private void start(String tick) {
        coordinator = SharedCoordinator.start(
                "jdbc:h2:mem:long-closing-" + tick, List.of(Held.class), "evenkeel.rounds.tick=" + tick);
        held = coordinator.part(Held.class);
    }

    @AfterEach
    void stop() {
        held.over.countDown();
        coordinator.stop();
    }

    private Scene run(String more, int members) {
        return new Scene(
                        coordinator.endpoint(),
                        coordinator.part(JdbcTemplate.class),
                        Scene.newName(),
                        "top-k:2",
                        FeedbackMethod.EF21)
                .create("ef21-norm", 3, more)
                .members(members)
                .start();
    }

    private Scene heldRun() {
        Scene scene = run("", 1);
        scene.closeRound(0, GRADIENT);
        return scene;
    }

    @Test
    void otherRunsContinueAndConcurrentChangesAreHandledAfterwards() {
        start("0s");
        Scene slow = heldRun();
        slow.devices.get(0).answer(1, GRADIENT);
        Scene other = run("", 1);
        other.closeRound(0, GRADIENT);
        other.closeRound(1, GRADIENT);

        held.over.countDown();
        slow.awaitClosed(1);
    }

    @Test
    void otherRunsAreClosedAtTheirDeadlines() {
        start("5ms");
        Scene slow = heldRun();
        slow.devices.get(0).answer(1, GRADIENT);
        Scene other = run("\"participants\":{\"min\":1},\"time\":{\"max\":\"60s\"}", 2);
        other.devices.get(0).answer(0, GRADIENT);
        coordinator.part(TurnedClock.class).advance(Duration.ofSeconds(60));
        other.awaitClosed(0);
    }
}
