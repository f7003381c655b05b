package io.evenkeel.coordinator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ModelDownloadTest {

    private static final int ROUNDS = 5;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene;
    private Http http;

    @BeforeEach
    void runToTheEnd() {
        scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", ROUNDS, "\"initialModel\":\"uploaded\"")
                .members(2);
        Reply tooEarly = scene.operator.post("/runs/" + scene.run + "/start");
        assertThat(tooEarly.problem()).isEqualTo("wrong-state");
        assertThat(upload("application/octet-stream", doubles(1, 2, 3, 4, 5, 6.5))
                        .status())
                .isEqualTo(204);
        scene.start();
        for (int round = 0; round < ROUNDS; round++) {
            double[] x = scene.devices.get(0).model(round);
            for (int i = 0; i < 2; i++) {
                scene.devices.get(i).answer(round, TestDevice.gradient(x, i));
            }
            scene.await(scene.devices.get(0), round);
        }
        http = scene.devices.get(0).http();
    }

    private Reply upload(String type, byte[] body) {
        return scene.operator.put("/runs/" + scene.run + "/model", type, body);
    }

    private static byte[] doubles(double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putDouble(value);
        }
        return bytes.array();
    }

    private String model(Object round) {
        return "/runs/" + scene.run + "/rounds/" + round + "/model";
    }

    @Test
    void beginsWithTheUploadedModelAndEndsWithTheLatest() {
        assertThat(scene.devices.get(0).model(0)).containsExactly(1, 2, 3, 4, 5, 6.5);
        Reply latest = http.get(model("latest") + "?dtype=float64");
        assertThat(latest.body())
                .isEqualTo(http.get(model(ROUNDS) + "?dtype=float64").body());
        assertThat(latest.header("Evenkeel-Round")).isEqualTo("" + ROUNDS);
        assertThat(latest.header("Cache-Control")).isEqualTo("no-cache, private");
    }

    @Test
    void updatesTakeAReplicaFromAnyRoundToAnyLaterOneBitForBit() {
        TensorLayout layout = TensorLayout.flat(Scene.DIMENSION);
        for (int since = 0; since < ROUNDS; since++) {
            Replica replica = scene.replica(since);
            byte[] bytes = http.get("/runs/" + scene.run + "/rounds/" + ROUNDS + "/update?since=" + since)
                    .body();
            for (RoundUpdate update : RoundUpdate.decodeAll(bytes, 0, bytes.length, FrameLimits.of(Scene.DIMENSION))) {
                update.applyTo(replica.sum());
                new StepScale(update.factor(), update.divisors(), 1, new double[0])
                        .applyTo(replica.x(), replica.sum(), layout);
            }
            assertThat(replica.x()).isEqualTo(scene.replica(ROUNDS).x());
            assertThat(replica.sum()).isEqualTo(scene.replica(ROUNDS).sum());
        }
        assertThat(http.get("/runs/" + scene.run + "/rounds/2/update?since=2").body())
                .isEmpty();
        assertThat(http.get("/runs/" + scene.run + "/rounds/2/update?since=3").problem())
                .isEqualTo("malformed");
        assertThat(http.get("/runs/" + scene.run + "/rounds/2/update").problem())
                .isEqualTo("malformed");
    }

    @Test
    void aRunWhoseStepRuleRemembersVectorsHasModelsButNoUpdates() {
        Scene adam = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-fedadam", 3, "")
                .members(1)
                .start();
        TestDevice device = adam.devices.get(0);
        device.answer(0, TestDevice.gradient(device.model(0), 0));
        adam.await(device, 0);
        assertThat(device.model(1)).isNotEqualTo(device.model(0));
        Reply refused = device.http().get("/runs/" + adam.run + "/rounds/1/update?since=0");
        assertThat(refused.problem()).isEqualTo("model-not-kept");
        assertThat(refused.get("detail")).contains("fedadam");
        Reply task = device.http().get("/runs/" + adam.run + "/task?after=0&replica=0&wait=0s");
        assertThat(task.json().containsKey("denseBytes")).isTrue();
        assertThat(task.json().get("updateBytes")).isNull();
    }

    @Test
    void noSharedCacheKeepsUpdatesAndReplicas() {
        for (String what : List.of("replica", "update?since=2")) {
            assertThat(http.get("/runs/" + scene.run + "/rounds/3/" + what).header("Cache-Control"))
                    .contains("private", "no-cache")
                    .doesNotContain("public");
        }
    }

    @Test
    void hasTheRequestedFormatAndATag() {
        Reply raw = http.get(model(3));
        assertThat(raw.body()).hasSize(4 * Scene.DIMENSION);
        assertThat(raw.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(raw.header("Cache-Control")).contains("no-cache", "private");
        assertThat(raw.header("Vary")).contains("Accept", "Authorization");
        String tag = raw.header("ETag");
        assertThat(http.get(model(3), "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(http.get(model(3) + "?dtype=float64", "If-None-Match", tag).status())
                .isEqualTo(200);

        assertThat(http.get(model(3), "Accept", "application/x-npy").text()).contains("NUMPY");
        assertThat(http.get(model(3) + "?format=safetensors").text()).contains("\"x\"", "F32");
        // Generated clients request a file like this.
        assertThat(http.get(model(3), "Accept", "application/problem+json").body())
                .isEqualTo(raw.body());
        assertThat(http.get(model(3), "Accept", "image/png").problem()).isEqualTo("not-acceptable");
        assertThat(http.get(model(3) + "?format=hdf5").problem()).isEqualTo("malformed");
        assertThat(http.get(model(3) + "?dtype=int8").problem()).isEqualTo("malformed");
    }

    @Test
    void resumesABrokenDownload() {
        Reply whole = http.get(model(3));
        String tag = whole.header("ETag");
        assertThat(whole.header("Accept-Ranges")).isEqualTo("bytes");

        Reply rest = http.get(model(3), "Range", "bytes=5-", "If-Range", tag);
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.header("Content-Range"))
                .isEqualTo("bytes 5-" + (whole.body().length - 1) + "/" + whole.body().length);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 5, whole.body().length));
        Reply last = http.get(model(3), "Range", "bytes=-2");
        assertThat(last.body())
                .isEqualTo(Arrays.copyOfRange(whole.body(), whole.body().length - 2, whole.body().length));

        assertThat(http.get(model(3), "Range", "bytes=5-", "If-Range", "\"another\"")
                        .body())
                .isEqualTo(whole.body());
        assertThat(http.get(model(3), "Range", "lines=1-2").status()).isEqualTo(200);
        Reply beyond = http.get(model(3), "Range", "bytes=1000000-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).isEqualTo("bytes */" + whole.body().length);
    }

    @Test
    void refusesModelsThatAreNotKept() {
        assertThat(http.get(model(ROUNDS + 1)).problem()).isEqualTo("round-not-found");
        assertThat(http.get(model(-1)).problem()).isEqualTo("round-not-found");
        assertThat(http.get(model("first")).problem()).isEqualTo("malformed");
        assertThat(http.get("/runs/none/rounds/0/model").problem()).isEqualTo("run-not-found");
        Scene created = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 1, "");
        assertThat(created.operator
                        .get("/runs/" + created.run + "/rounds/latest/model")
                        .problem())
                .isEqualTo("round-not-found");
    }

    @Test
    void refusesUploadsThatDoNotFit() {
        assertThat(upload("application/octet-stream", doubles(1, 2, 3, 4, 5, 6)).problem())
                .as("after the start")
                .isEqualTo("wrong-state");
        scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 1, "\"initialModel\":\"uploaded\"");
        assertThat(upload("application/octet-stream", doubles(1, 2)).problem()).isEqualTo("invalid-frame");
        assertThat(upload("application/octet-stream", doubles(1, 2, 3, 4, 5, Double.NaN))
                        .problem())
                .isEqualTo("invalid-frame");
        assertThat(upload("application/octet-stream", new byte[2_000_000]).problem())
                .isEqualTo("too-large");
        assertThat(upload("image/png", doubles(1, 2, 3, 4, 5, 6)).problem()).isEqualTo("unsupported-media-type");
        Scene zeros = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 1, "");
        scene = zeros;
        assertThat(upload("application/octet-stream", doubles(1, 2, 3, 4, 5, 6)).problem())
                .isEqualTo("wrong-state");
    }
}
