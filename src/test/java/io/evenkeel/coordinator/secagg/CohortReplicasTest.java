package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Two coordinators share a database. Requests alternate between the two, and the lease holder is killed in each step.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class CohortReplicasTest {

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
    private final List<SharedCoordinator> replicas = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    @BeforeAll
    void startTwo() {
        replicas.add(newReplica());
        replicas.add(newReplica());
    }

    @AfterAll
    void stopAll() {
        replicas.forEach(SharedCoordinator::stop);
    }

    private SharedCoordinator newReplica() {
        return SharedCoordinator.start(url, "evenkeel.lease.duration=1s");
    }

    private CohortScene cohort() {
        Supplier<String> next =
                () -> replicas.get(turn.getAndIncrement() % replicas.size()).endpoint();
        Scene scene = new Scene(next, jdbc, Scene.newName() + "-shared", "rand-k:3", FeedbackMethod.EF21);
        return new CohortScene(scene, "rand-k:3", 5, 6, 100)
                .create("ef21-norm", 9, "\"time\":{\"max\":\"1h\"}")
                .members(6)
                .start();
    }

    @Test
    void aCohortContinuesWhenTheLeaseHolderIsKilledInAnyStep() {
        CohortScene cohort = cohort();
        int round = 0;
        for (Step killed : Step.values()) {
            stage(cohort, round);
            for (Step step : Step.values()) {
                if (step == Step.REVEALS) {
                    prepareReveals(cohort);
                }
                take(step, cohort.devices.subList(0, 5));
                if (step == killed) {
                    killHolder(cohort);
                }
                take(step, cohort.devices.subList(5, 6));
                for (CohortDevice device : cohort.devices) {
                    until(() -> step.receive(device), reply -> reply.status() == 200);
                }
            }
            for (CohortDevice device : cohort.devices) {
                until(device::outcome, reply -> reply.status() == 200);
                assertThat(device.settle()).isTrue();
            }
            replicas.add(newReplica());
            round++;
        }
        int closed = round;
        eventually().until(() -> cohort.scene.view().number("round") == closed);
        assertThat(cohort.scene.replica(closed).sum()).isEqualTo(cohort.expectedSum());
    }

    @Test
    void aLongPollEndsWhenAnotherCoordinatorEndsTheStep() {
        CohortScene cohort = cohort();
        stage(cohort, 0);
        take(Step.KEYS, cohort.devices.subList(0, 5));
        List<CompletableFuture<Reply>> waiting = cohort.devices.subList(0, 5).stream()
                .map(device -> device.later("keys"))
                .toList();
        take(Step.KEYS, cohort.devices.subList(5, 6));
        waiting.forEach(reply -> assertThat(reply.join().status()).isEqualTo(200));
    }

    private void stage(CohortScene cohort, int round) {
        eventually().until(() -> {
            try {
                cohort.stage(round, device -> true);
                return true;
            } catch (UncheckedIOException | CompletionException | AssertionError e) {
                return false;
            }
        });
        cohort.devices.forEach(device -> device.begin(0));
    }

    /** Prepares all reveals first, since the round closes as soon as enough devices have revealed. */
    private static void prepareReveals(CohortScene cohort) {
        for (CohortDevice device : cohort.devices) {
            device.prepareReveal(until(device::getIncluded, reply -> reply.status() == 200));
        }
    }

    /**
     * Repeats requests as devices do: a killed coordinator breaks connections, and its locks are released after a
     * moment.
     */
    private static void take(Step step, List<CohortDevice> some) {
        for (CohortDevice device : some) {
            until(() -> step.put(device), reply -> reply.status() == 204);
        }
    }

    private static Reply until(Supplier<Reply> request, Predicate<Reply> done) {
        Reply[] last = new Reply[1];
        eventually().until(() -> {
            try {
                last[0] = request.get();
                return done.test(last[0]);
            } catch (UncheckedIOException | CompletionException e) {
                return false;
            }
        });
        return last[0];
    }

    /** Kills the lease holder, or any coordinator if none holds the lease, as before a step may end. */
    private void killHolder(CohortScene cohort) {
        String holder = jdbc.queryForObject(
                "SELECT COALESCE(lease_holder, '') FROM run WHERE name = ?", String.class, cohort.scene.run);
        SharedCoordinator victim = replicas.stream()
                .filter(replica -> replica.part(Leases.class).name().equals(holder))
                .findFirst()
                .orElse(replicas.get(0));
        replicas.remove(victim);
        victim.kill();
    }
}
