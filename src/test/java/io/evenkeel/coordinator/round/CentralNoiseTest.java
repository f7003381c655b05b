package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.retention.RetentionStep;
import io.evenkeel.coordinator.retention.RunRetention;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Report;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests private runs whose coordinator adds the noise. */
@CoordinatorTest
class CentralNoiseTest {

    private static final String MECHANISM = "clip:8:20";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RunRetention retention;

    @Autowired
    private PlanCache plans;

    private Scene scene(String algorithm, FeedbackMethod method, String compressor, int members) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), compressor, method)
                .create(
                        algorithm,
                        50,
                        "\"privacy\":{\"by\":\"coordinator\",\"normalization\":\"clip\",\"bound\":8,\"noiseMultiplier\":20,"
                                + "\"budget\":{\"delta\":1e-6}}")
                .members(members)
                .start();
    }

    private static double[] gradient(int device, int round) {
        return new double[] {1 + device, -2, 0.5 * round, 1, -1, device};
    }

    private static void close(Scene scene, int round, int... devices) {
        for (int i : devices) {
            TestDevice device = scene.devices.get(i);
            TestDevice.Sent sent = device.stage(round, gradient(i, round));
            assertThat(device.put(sent).status()).isEqualTo(201);
            device.commit(sent);
        }
        scene.awaitClosed(round);
    }

    /** Computes a round's noise from its stored seed. */
    private double[] noise(Scene scene, int round, int count) throws Exception {
        byte[] seed = jdbc.queryForObject(
                "SELECT n.seed FROM round_noise n JOIN run r ON r.id = n.run_id WHERE r.name = ? AND n.round_number = ?",
                (row, i) -> row.getBytes(1),
                scene.run,
                round);
        byte[] nonce = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(round)
                .array();
        Cipher cipher = Cipher.getInstance("ChaCha20");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "ChaCha20"), new ChaCha20ParameterSpec(nonce, 0));
        NoiseGrid grid =
                GaussianMechanism.parse(MECHANISM).grid(CompressorSpec.parse("identity"), NoiseAdder.COORDINATOR);
        DiscreteGaussian gaussian = new DiscreteGaussian(bytes -> {
            byte[] stream = cipher.update(new byte[bytes.length]);
            System.arraycopy(stream, 0, bytes, 0, bytes.length);
        });
        return grid.noise(count, gaussian);
    }

    private static void add(double[] sum, double[] values) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += values[j];
        }
    }

    @Test
    void theSumHasTheRecordedNoiseAndTheDevicesHaveNone() throws Exception {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, "identity", 2);
        double[] expected = new double[Scene.DIMENSION];
        for (int round = 0; round < 3; round++) {
            close(scene, round, 0, 1);
            add(expected, noise(scene, round, Scene.DIMENSION));
        }
        for (TestDevice device : scene.devices) {
            assertThat(device.memory()).isEqualTo(gradient(scene.devices.indexOf(device), 2));
            add(expected, device.memory());
        }
        assertThat(scene.replica(3).sum()).isEqualTo(expected);
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.get("agrees")).isEqualTo("true");
        assertThat(audit.get("absoluteDifference")).isEqualTo("0.0");
        assertThat(scene.view().json().get("privacySpent"))
                .isEqualTo(Map.of("messages", 3, "epsilon", RenyiAccountant.epsilon(10, 3, 1e-6), "delta", 1e-6));
    }

    @Test
    void withoutErrorFeedbackASumHasTheNoiseOfItsRound() throws Exception {
        Scene scene = scene("gd-norm", FeedbackMethod.NONE, "identity", 2);
        close(scene, 0, 0, 1);
        close(scene, 1, 0, 1);
        double[] expected = noise(scene, 1, Scene.DIMENSION);
        add(expected, gradient(0, 1));
        add(expected, gradient(1, 1));
        assertThat(scene.replica(2).sum()).isEqualTo(expected);
        assertThat(noise(scene, 0, 1)).isNotEqualTo(noise(scene, 1, 1));
    }

    @Test
    void closingAgainAfterAKillGivesTheSameBits() {
        Scene closed = scene("ef21-norm", FeedbackMethod.EF21, "identity", 2);
        close(closed, 0, 0, 1);
        Scene killed = scene("ef21-norm", FeedbackMethod.EF21, "identity", 2).act("pause");
        for (int i = 0; i < 2; i++) {
            assertThat(killed.devices.get(i).answer(0, gradient(i, 0)).status()).isEqualTo(201);
        }
        // Simulates a kill right after the freezing, with the other run's seed.
        jdbc.update(
                "INSERT INTO round_noise (run_id, round_number, digest, seed) SELECT k.id, n.round_number, n.digest, n.seed"
                        + " FROM round_noise n JOIN run r ON r.id = n.run_id, run k WHERE r.name = ? AND k.name = ?",
                closed.run,
                killed.run);
        jdbc.update("UPDATE run SET closing = TRUE, state = 'RUNNING' WHERE name = ?", killed.run);
        killed.awaitClosed(0);

        assertThat(killed.replica(1).encode()).isEqualTo(closed.replica(1).encode());
    }

    @Test
    void aRoundWhoseSeedWasChangedFailsTheRun() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, "identity", 1).act("pause");
        assertThat(scene.devices.get(0).answer(0, gradient(0, 0)).status()).isEqualTo(201);
        jdbc.update("UPDATE run SET closing = TRUE, state = 'RUNNING' WHERE name = ?", scene.run);
        eventually().until(() -> scene.view().get("state").equals("failed"));
        assertThat(scene.view().get("message")).contains("seed of the round's noise");
    }

    @Test
    void theVectorOfALeavingMemberStaysInTheSumBecauseSubtractingItWouldRevealIt() throws Exception {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, "identity", 3);
        close(scene, 0, 0, 1, 2);
        assertThat(scene.devices.get(2).leave().status()).isEqualTo(204);
        close(scene, 1, 0, 1);
        close(scene, 2, 0, 1);
        double[] expected = new double[Scene.DIMENSION];
        for (int round = 0; round < 3; round++) {
            add(expected, noise(scene, round, Scene.DIMENSION));
        }
        scene.devices.forEach(device -> add(expected, device.memory()));
        assertThat(scene.replica(3).sum()).isEqualTo(expected);
        long id = plans.named(scene.run).run();
        while (retention.step(id) == RetentionStep.TAKEN) {
            assertThat(id).isPositive();
        }
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.get("absoluteDifference")).isEqualTo("0.0");
        assertThat(audit.number("members")).isEqualTo(3);
    }

    @Test
    void thePlanSaysThatTheCoordinatorAddsTheNoise() {
        Scene scene = scene("gd-norm", FeedbackMethod.NONE, "identity", 1);
        assertThat(scene.devices.get(0).membership().text())
                .contains("\"privacy\":{\"by\":\"coordinator\",\"mechanism\":\"clip:8.0:20.0\"");
    }

    @Test
    void noiseIsOnTheCoordinatesThatTheRoundDraws() throws Exception {
        Scene scene = scene("gd-norm", FeedbackMethod.NONE, "identity", 1);
        String run = Scene.newName();
        scene.operator.postJson(
                "/runs",
                "{\"name\":\"" + run + "\",\"dimension\":6,\"algorithm\":\"dcgd\",\"step\":\"normalized\",\"gamma\":"
                        + "\"constant:0.1\",\"compressor\":\"rand-k:2\",\"rounds\":5,\"privacy\":{\"by\":\"coordinator\","
                        + "\"normalization\":\"clip\",\"bound\":8,\"noiseMultiplier\":20,\"budget\":{\"delta\":1e-6}}}");
        Scene sparse = new Scene(api.endpoint(), jdbc, run, "rand-k:2", FeedbackMethod.NONE);
        TestDevice device = sparse.member(1);
        sparse.start();
        Support support = new Support.Seeded(6, 2, SplitMix64.derive(0, 0));
        byte[] message =
                device.encode(new CompressedVector(support, ValueCoding.FLOAT32, new double[] {3, -4}), Report.of(1));
        assertThat(device.put(0, message).status()).isEqualTo(201);
        sparse.awaitClosed(0);
        double[] noise = noise(sparse, 0, 2);
        double[] expected = new double[6];
        expected[support.index(0)] = 3 + noise[0];
        expected[support.index(1)] = -4 + noise[1];
        assertThat(sparse.replica(1).sum()).isEqualTo(expected);
    }
}
