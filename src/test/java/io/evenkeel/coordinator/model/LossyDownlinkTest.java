package io.evenkeel.coordinator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.DeltaReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Devices of a run with a lossy downlink follow its model w by deltas. */
@CoordinatorTest
class LossyDownlinkTest {

    private static final int ROUNDS = 8;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene run(String algorithm, String more) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create(algorithm, ROUNDS, "\"gamma\":\"anytime:0.5:0.5\"" + more)
                .members(2)
                .start();
        for (int round = 0; round < ROUNDS; round++) {
            double[] w = floats(scene, round, "");
            for (int i = 0; i < 2; i++) {
                scene.devices.get(i).answer(round, TestDevice.gradient(w, i));
            }
            scene.await(scene.devices.get(0), round);
        }
        return scene;
    }

    private static String lossy(String compressor) {
        return ",\"downlink\":{\"compressor\":\"" + compressor + "\"}";
    }

    private static double[] floats(Scene scene, int round, String query) {
        Reply reply = scene.operator.get("/runs/" + scene.run + "/rounds/" + round + "/model" + query);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        ByteBuffer bytes = ByteBuffer.wrap(reply.body()).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[Scene.DIMENSION];
        for (int j = 0; j < values.length; j++) {
            values[j] = bytes.getFloat();
        }
        return values;
    }

    private static double[] x(Scene scene, int round) {
        return scene.replica(round).x();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ef21-norm", "ef21-fedadam"})
    void deltasLeadFromAnyRoundToAnyLaterOneBitForBit(String algorithm) {
        Scene scene = run(algorithm, lossy("top-k:1+natural"));
        Http device = scene.devices.get(0).http();
        assertThat(floats(scene, ROUNDS, "")).isNotEqualTo(floats(scene, ROUNDS, "?holder=coordinator"));
        for (int since = 0; since < ROUNDS; since++) {
            float[] w = new float[Scene.DIMENSION];
            double[] start = floats(scene, since, "");
            for (int j = 0; j < w.length; j++) {
                w[j] = (float) start[j];
            }
            Reply reply = device.get("/runs/" + scene.run + "/rounds/" + ROUNDS + "/update?since=" + since);
            assertThat(reply.header("Content-Type")).isEqualTo("application/vnd.evenkeel.delta");
            Reply task = device.get("/runs/" + scene.run + "/task?after=" + ROUNDS + "&replica=" + since);
            assertThat(task.number("updateBytes")).isEqualTo(reply.body().length);
            byte[] bytes = reply.body();
            new DeltaReader(bytes, 0, bytes.length, FrameLimits.of(Scene.DIMENSION))
                    .forEachRemaining(delta -> DeviceModel.repeat(delta.vector(), w));
            double[] end = floats(scene, ROUNDS, "");
            for (int j = 0; j < w.length; j++) {
                assertThat((double) w[j]).isEqualTo(end[j]);
            }
            // The model itself is exact too, in float64.
            assertThat(scene.devices.get(0).model(ROUNDS)).containsExactly(end);
        }
    }

    @Test
    void withoutLossItIsTheRunWhoseDevicesHaveFloat32Models() {
        Scene lossless = run("ef21-norm", "");
        Scene identity = run("ef21-norm", lossy("identity+float64"));

        for (int round = 0; round <= ROUNDS; round++) {
            assertThat(x(identity, round)).isEqualTo(x(lossless, round));
            assertThat(floats(identity, round, "")).isEqualTo(floats(lossless, round, ""));
        }
        assertThat(identity.replica(ROUNDS).sum())
                .isEqualTo(lossless.replica(ROUNDS).sum());
    }

    @Test
    void servesTheModelOfEitherHolder() {
        Scene scene = run("ef21-norm", lossy("top-k:1"));
        String path = "/runs/" + scene.run + "/rounds/" + ROUNDS + "/model";
        Reply devices = scene.operator.get(path);
        Reply coordinators = scene.operator.get(path + "?holder=coordinator");
        assertThat(scene.operator.get(path + "?holder=devices").body()).isEqualTo(devices.body());
        assertThat(coordinators.header("ETag")).isNotEqualTo(devices.header("ETag"));
        double[] x = x(scene, ROUNDS);
        double[] served = floats(scene, ROUNDS, "?holder=coordinator");
        for (int j = 0; j < x.length; j++) {
            assertThat(served[j]).isEqualTo((float) x[j]);
        }
        Reply refused = scene.operator.get(path + "?holder=me");
        assertThat(refused.problem()).isEqualTo("malformed");
        assertThat(refused.get("detail")).contains("holder", "'me'", "devices or coordinator");
    }

    @Test
    void aDamagedDeltaIsNotServed() {
        Scene scene = run("ef21-norm", lossy("top-k:1"));
        byte[] delta = jdbc.queryForList(
                        "SELECT u.delta FROM round_update u JOIN run r ON r.id = u.run_id WHERE r.name = ? AND u.round_number = 3",
                        byte[].class,
                        scene.run)
                .get(0);
        delta[delta.length - 6] ^= 1;
        jdbc.update(
                "UPDATE round_update SET delta = ? WHERE round_number = 3 AND run_id = (SELECT id FROM run WHERE name = ?)",
                delta,
                scene.run);
        String since = "/runs/" + scene.run + "/rounds/" + ROUNDS + "/update?since=";
        Http device = scene.devices.get(0).http();
        assertThat(device.get(since + 4).status()).isEqualTo(200);
        assertThat(device.get(since + 3).problem()).isEqualTo("storage-damaged");
    }

    @Test
    void tellsDevicesTheCompressorAndCannotChangeIt() {
        Scene scene = run("ef21-norm", lossy("top-k:0.50"));
        assertThat(scene.devices.get(0).membership().text()).contains("\"downlink\":{\"compressor\":\"top-k:0.5\"}");
        assertThat(scene.view().text()).contains("\"downlink\":{\"compressor\":\"top-k:0.5\"}");
        Reply refused = scene.operator.postJson(
                "/runs",
                "{\"name\":\"" + Scene.newName()
                        + "\",\"dimension\":6,\"algorithm\":\"ef21-norm\",\"rounds\":3,\"downlink\":{\"compressor\":\"threshold:1\"}}");
        assertThat(refused.problem()).isEqualTo("invalid");
        assertThat(refused.get("field")).isEqualTo("downlink.compressor");
    }
}
