package io.evenkeel.coordinator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.secagg.VectorWords;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.springframework.jdbc.core.JdbcTemplate;

/** A run with secure aggregation and its devices over HTTP. */
public final class CohortScene {

    /** The steps of an attempt, in order. */
    public enum Step {
        KEYS(CohortDevice::putKeys, CohortDevice::putKeys, CohortDevice::getKeys),
        SHARES(CohortDevice::putShares, CohortDevice::putSharesAgain, CohortDevice::getShares),
        MASKED(CohortDevice::putMasked, CohortDevice::putMaskedAgain, CohortDevice::getIncluded),
        REVEALS(CohortDevice::putReveal, CohortDevice::putReveal, CohortDevice::outcome);

        private final Function<CohortDevice, Reply> send;
        private final Function<CohortDevice, Reply> again;
        private final Function<CohortDevice, Reply> receive;

        Step(
                Function<CohortDevice, Reply> send,
                Function<CohortDevice, Reply> again,
                Function<CohortDevice, Reply> receive) {
            this.send = send;
            this.again = again;
            this.receive = receive;
        }

        public Reply send(CohortDevice device) {
            return send.apply(device);
        }

        /** Sends the device's frame, for the first time or again. */
        public Reply put(CohortDevice device) {
            return again.apply(device);
        }

        public Reply receive(CohortDevice device) {
            return receive.apply(device);
        }
    }

    public static final int EXPONENT = -20;

    public final Scene scene;
    public final List<CohortDevice> devices = new ArrayList<>();
    public final OwnerKey owner = OwnerKey.generate();
    private final int min;
    private final int max;
    private final int rebaseEvery;
    private final String compressor;

    /** Describes a run with cohorts of {@code min} to {@code max} members, a fifth of which may drop out. */
    public CohortScene(Scene scene, String compressor, int min, int max, int rebaseEvery) {
        this.scene = scene;
        this.compressor = compressor;
        this.min = min;
        this.max = max;
        this.rebaseEvery = rebaseEvery;
    }

    public static String key(OwnerKey owner) {
        return Base64.getEncoder().encodeToString(owner.publicKey());
    }

    public String definition(String more) {
        return "\"participants\":{\"min\":" + min + ",\"max\":" + max + "},\"secureAggregation\":{\"owners\":[\""
                + key(owner) + "\"],\"dropout\":0.2,\"collusion\":0,\"rebaseEvery\":" + rebaseEvery
                + ",\"exponent\":" + EXPONENT + "}" + (more.isEmpty() ? "" : "," + more);
    }

    public CohortScene create(String algorithm, int rounds, String more) {
        scene.create(algorithm, rounds, definition(more));
        return this;
    }

    public CohortScene members(int count) {
        for (int i = 0; i < count; i++) {
            member(owner);
        }
        return this;
    }

    /** Creates a device of an owner and joins it to the run. */
    public CohortDevice member(OwnerKey of) {
        CohortDevice device = new CohortDevice(
                scene.member(1),
                scene.run,
                Scene.DIMENSION,
                of.issue(),
                new VectorWords(EXPONENT, max),
                compressor,
                rebaseEvery);
        devices.add(device);
        return device;
    }

    public CohortScene start() {
        scene.start();
        return this;
    }

    /** Computes the messages of all devices, each with a different target. */
    public void stage(int round, Predicate<CohortDevice> hasLoss) {
        double[] x = devices.get(0).plain().model(round);
        for (int i = 0; i < devices.size(); i++) {
            CohortDevice device = devices.get(i);
            device.stage(
                    round,
                    TestDevice.gradient(x, i),
                    hasLoss.test(device) ? OptionalDouble.of(0.5 + i) : OptionalDouble.empty());
        }
    }

    /** Sends a step from some devices; the coordinator must accept each frame. */
    public static void take(Step step, List<CohortDevice> some) {
        if (step == Step.REVEALS) {
            // The round closes as soon as enough devices have revealed, so all of them prepare first.
            some.forEach(CohortDevice::prepareReveal);
        }
        for (CohortDevice device : some) {
            Reply reply = step.send(device);
            assertThat(reply.status()).as(step + ": " + reply).isEqualTo(204);
        }
    }

    /** Waits until a step is over for some devices. */
    public static void await(Step step, List<CohortDevice> some) {
        for (CohortDevice device : some) {
            Eventually.eventually().until(() -> step.receive(device).status() != 204);
            Reply reply = step.receive(device);
            assertThat(reply.status()).as(step + ": " + reply).isEqualTo(200);
        }
    }

    /** Runs all steps of an attempt with some devices, whose messages must be staged. */
    public void attempt(int number, List<CohortDevice> some) {
        some.forEach(device -> device.begin(number));
        for (Step step : Step.values()) {
            take(step, some);
            await(step, some);
        }
    }

    /** Sends the steps of an attempt from some devices, up to and including {@code last}. */
    public void attemptUntil(Step last, int number, List<CohortDevice> some) {
        some.forEach(device -> device.begin(number));
        for (Step step : Step.values()) {
            take(step, some);
            if (step == last) {
                return;
            }
            await(step, some);
        }
    }

    /** Returns the attempts of the run's rounds. */
    public List<Map<String, Object>> attempts(JdbcTemplate jdbc) {
        return jdbc.queryForList(
                "SELECT a.* FROM secagg_attempt a JOIN run r ON r.id = a.run_id WHERE r.name = ? ORDER BY"
                        + " round_number, attempt",
                scene.run);
    }

    /** Returns everything that a refused request must not change. */
    public String fingerprint(JdbcTemplate jdbc) {
        String of =
                " t JOIN secagg_attempt a ON a.id = t.attempt_id JOIN run r ON r.id = a.run_id WHERE r.name = ? ORDER"
                        + " BY 1, 2";
        StringBuilder all = new StringBuilder(scene.fingerprint());
        all.append(attempts(jdbc));
        for (Map<String, Object> member : jdbc.queryForList(
                "SELECT t.attempt_id, t.ordinal, t.identity, t.mask_key, t.bytes, t.shares IS NULL AS s,"
                        + " t.received IS NULL AS r, t.masked IS NULL AS m, t.reveal IS NULL AS v FROM secagg_member"
                        + of,
                scene.run)) {
            all.append(member);
        }
        return all.toString();
    }

    /** Returns the sum of the devices' g_i. */
    public double[] expectedSum() {
        double[] expected = new double[Scene.DIMENSION];
        for (CohortDevice device : devices) {
            for (int j = 0; j < expected.length; j++) {
                expected[j] += device.memory()[j];
            }
        }
        return expected;
    }

    /** Runs a whole round with all devices; the sum includes all of them. */
    public void round(int round) {
        stage(round, device -> true);
        attempt(0, devices);
        for (CohortDevice device : devices) {
            assertThat(device.settle()).isTrue();
        }
        scene.awaitClosed(round);
    }
}
