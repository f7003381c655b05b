package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Three coordinators share one database, and the lease holder is killed repeatedly. {@code evenkeel chaos} measures the
 * interruption.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnlyInCi
class ReplicasTest {

    private static final int KILLS = 4;
    private static final String LEASE = "1s";
    private static final int DEVICES = 3;
    private static final int ROUNDS_PER_KILL = 3;
    private static final String LOSSY_AND_ROBUST =
            ",\"downlink\":{\"compressor\":\"top-k:0.34+natural\"},\"robust\":\"clip:1\"";

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));
    private final List<SharedCoordinator> replicas = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    @BeforeAll
    void startThree() {
        for (int i = 0; i < 3; i++) {
            replicas.add(newReplica());
        }
    }

    @AfterAll
    void stopAll() {
        replicas.forEach(SharedCoordinator::stop);
    }

    @Test
    void repeatedFailoversDoNotChangeTheBits() {
        int rounds = KILLS * ROUNDS_PER_KILL + 1;
        Scene disturbed = scene(rounds, LOSSY_AND_ROBUST);
        CompletableFuture<@Nullable SharedCoordinator> replacement = CompletableFuture.completedFuture(null);
        for (int k = 0; k < rounds; k++) {
            boolean kills = k % ROUNDS_PER_KILL == 1;
            if (kills) {
                addIfThere(replacement.join());
            }
            answerAll(disturbed, k, kills);
            if (kills) {
                replacement = CompletableFuture.supplyAsync(this::newReplica);
            }
        }
        addIfThere(replacement.join());

        Scene undisturbed = scene(rounds, LOSSY_AND_ROBUST);
        for (int k = 0; k < rounds; k++) {
            answerAll(undisturbed, k, false);
        }

        assertThat(finalState(disturbed, rounds)).isEqualTo(finalState(undisturbed, rounds));
        assertThat(jdbc.queryForList(
                        "SELECT count(*) FROM message WHERE run_id = ? AND included_in = round_number GROUP BY"
                                + " round_number",
                        Integer.class,
                        key(disturbed)))
                .hasSize(rounds)
                .containsOnly(DEVICES);
    }

    @Test
    void aCoordinatorThatStopsReleasesItsLeases() {
        SharedCoordinator orderly = SharedCoordinator.start(url, "evenkeel.lease.duration=1h");
        replicas.add(orderly);
        Scene scene = scene(2);
        jdbc.update("UPDATE run SET lease_holder = NULL, lease_until = NULL WHERE id = ?", key(scene));
        assertThat(orderly.part(Leases.class).hold(key(scene))).isPresent();
        replicas.remove(orderly);
        orderly.stop();

        answerAll(scene, 0, false);
        answerAll(scene, 1, false);
        awaitEnd(scene, 2);
    }

    /** Sends each request to a different coordinator from the previous one. */
    @Test
    void aChangeAtOneCoordinatorIsFollowedByAll() {
        Scene scene = scene(2);
        for (int replica = 0; replica < 3; replica++) {
            assertThat(open(scene).number("needed")).isEqualTo(DEVICES);
        }
        Reply change = until(
                () -> scene.operator.patch(
                        "/runs/" + scene.run, "{\"rounds\":4,\"participants\":{\"min\":1,\"max\":2}}"),
                reply -> reply.status() == 200);
        assertThat(change.number("fromRound")).isEqualTo(1);
        for (int replica = 0; replica < 3; replica++) {
            assertThat(open(scene).number("needed")).isEqualTo(DEVICES);
            assertThat(scene.view().number("rounds")).isEqualTo(4);
        }

        answerAll(scene, 0, false);
        awaitRound(scene.devices.get(0), 1);

        for (int replica = 0; replica < 3; replica++) {
            assertThat(open(scene).number("needed")).isEqualTo(1);
            assertThat(open(scene).number("limit")).isEqualTo(2);
        }
        for (int k = 1; k < 4; k++) {
            for (TestDevice device : scene.devices.subList(0, 2)) {
                awaitRound(device, k);
                device.answer(k, gradient(device.model(k), 0));
            }
        }
        awaitEnd(scene, 4);
        assertThat(scene.record(3).number("revision")).isEqualTo(1);
    }

    private static Reply open(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/rounds/open");
    }

    /**
     * Answers a round with every device, sending each request to the next coordinator. Kills the lease holder before or
     * after the last message.
     */
    private void answerAll(Scene scene, int round, boolean kills) {
        for (int i = 0; i < DEVICES; i++) {
            TestDevice device = scene.devices.get(i);
            boolean last = i == DEVICES - 1;
            awaitRound(device, round);
            double[] x = until(() -> device.model(round), model -> true);
            TestDevice.Sent message = device.stage(round, gradient(x, i));
            if (kills && last && round % 2 == 0) {
                killHolder(scene);
            }
            until(() -> device.put(message), reply -> reply.status() / 100 == 2);
            device.commit(message);
            if (kills && last && round % 2 == 1) {
                killHolder(scene);
            }
        }
    }

    private void awaitRound(TestDevice device, int round) {
        Reply task = until(() -> device.waitForTask(round - 1).join(), reply -> reply.status() == 200);
        assertThat(task.number("round")).isEqualTo(round);
    }

    private void killHolder(Scene scene) {
        String holder = jdbc.queryForObject("SELECT lease_holder FROM run WHERE id = ?", String.class, key(scene));
        SharedCoordinator victim = replicas.stream()
                .filter(replica -> replica.part(Leases.class).name().equals(holder))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no live coordinator holds the lease: " + holder));
        victim.kill();
        replicas.remove(victim);
    }

    private SharedCoordinator newReplica() {
        return SharedCoordinator.start(url, "evenkeel.lease.duration=" + LEASE);
    }

    private void addIfThere(@Nullable SharedCoordinator replica) {
        if (replica != null) {
            replicas.add(replica);
        }
    }

    private Scene scene(int rounds) {
        return scene(rounds, "");
    }

    private Scene scene(int rounds, String more) {
        Supplier<String> next =
                () -> replicas.get(turn.getAndIncrement() % replicas.size()).endpoint();
        return new Scene(next, jdbc, Scene.newName() + "-shared", "top-k:0.34", FeedbackMethod.EF21)
                .create(
                        "ef21-norm",
                        rounds,
                        "\"gamma\":\"anytime:0.5:0.5\",\"participants\":{\"min\":" + DEVICES
                                + "},\"time\":{\"max\":\"1h\"}" + more)
                .members(DEVICES)
                .start();
    }

    private long key(Scene scene) {
        Long key = jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, scene.run);
        return Objects.requireNonNull(key);
    }

    /** Returns x, S and the devices' model. */
    private List<String> finalState(Scene scene, int rounds) {
        Http device = scene.devices.get(0).http();
        awaitEnd(scene, rounds);
        return Stream.of("replica", "model")
                .map(what -> until(
                        () -> device.get("/runs/" + scene.run + "/rounds/" + rounds + "/" + what),
                        reply -> reply.status() == 200))
                .map(reply -> HexFormat.of().formatHex(reply.body()))
                .toList();
    }

    private void awaitEnd(Scene scene, int rounds) {
        Reply end = until(() -> scene.devices.get(0).waitForTask(rounds - 1).join(), reply -> reply.status() == 200);
        assertThat(end.get("state")).isEqualTo("finished");
    }

    /** Retries like devices while coordinators are killed and replaced. */
    private static <T> T until(Supplier<T> request, Predicate<T> isGood) {
        return eventually()
                .ignoreExceptionsMatching(e -> e instanceof UncheckedIOException
                        || e instanceof CompletionException
                        || e instanceof AssertionError)
                .until(request::get, isGood);
    }

    private static double[] gradient(double[] x, int device) {
        double[] gradient = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            gradient[j] = x[j] - Math.sqrt(device + 1.0) * (j - 2.2) / 3;
        }
        return gradient;
    }
}
