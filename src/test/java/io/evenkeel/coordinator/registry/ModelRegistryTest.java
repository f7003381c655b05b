package io.evenkeel.coordinator.registry;

import static io.evenkeel.coordinator.registry.ModelUploads.SAFETENSORS;
import static io.evenkeel.coordinator.registry.ModelUploads.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Report;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests versions of models that are published from a run or uploaded, listed and downloaded. */
@CoordinatorTest
class ModelRegistryTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Http operator;
    private ModelUploads model;
    private String path;

    @BeforeEach
    void connect() {
        model = new ModelUploads(api);
        operator = model.operator();
        path = model.path();
    }

    private Scene finishedRun() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 2, "")
                .members(1)
                .start();
        for (int round = 0; round < 2; round++) {
            scene.devices.get(0).answer(round, GRADIENT);
            scene.await(scene.devices.get(0), round);
        }
        return scene;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void publishesARunsModelWithItsLineage() {
        Scene scene = finishedRun();

        Reply version = operator.postJson(
                path + "/versions", "{\"run\":\"" + scene.run + "\",\"metadata\":{\"ticket\":\"ML-7\"}}");

        assertThat(version.status()).as(version.toString()).isEqualTo(201);
        assertThat(version.header("Location")).endsWith(path + "/versions/1");
        assertThat(version.get("run")).isEqualTo(scene.run);
        assertThat(version.number("round")).isEqualTo(2);
        assertThat(version.number("members")).isEqualTo(1);
        assertThat(version.get("metadata")).isEqualTo("{ticket=ML-7}");
        assertThat(version.get("definition")).contains("algorithm=ef21-norm");
        Reply file = operator.get(path + "/versions/1");
        assertThat(file.body())
                .isEqualTo(operator.get("/runs/" + scene.run + "/rounds/2/model?format=safetensors")
                        .body());
        assertThat(version.get("sha256")).isEqualTo(HexFormat.of().formatHex(sha256(file.body())));
        Reply older = operator.postJson(
                path + "/versions", "{\"run\":\"" + scene.run + "\",\"round\":0,\"dtype\":\"float64\"}");
        assertThat(older.number("version")).isEqualTo(2);
        assertThat(older.get("dtype")).isEqualTo("float64");
        assertThat(older.get("noLoss")).isEqualTo("not-reported");
        assertThat(operator.get(path).number("newest")).isEqualTo(2);
    }

    @Test
    void aVersionHasTheLossThatDevicesReportedOnIt() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1)
                .start();
        report(scene, 0, 0.5);
        report(scene, 1, 0.25);
        Reply open = publish(scene, "\"round\":2");
        report(scene, 2, 0.75);
        Reply best = publish(scene, "\"best\":true");
        Reply trainedOn = publish(scene, "\"round\":2");
        Reply last = publish(scene, "\"round\":3");

        assertThat(best.get("round")).isEqualTo("1");
        assertThat(best.get("loss")).isEqualTo("0.25");
        assertThat(trainedOn.get("loss")).isEqualTo("0.75");
        assertThat(trainedOn.get("metrics")).isEqualTo("{accuracy=0.75}");
        assertThat(has(trainedOn, "noLoss")).isFalse();
        for (Reply none : List.of(open, last)) {
            assertThat(has(none, "loss") || has(none, "metrics")).isFalse();
            assertThat(none.get("noLoss")).isEqualTo("not-trained-on");
        }
        model.upload(1, 2);
        Reply upload = operator.get(path + "/versions/5/details");
        assertThat(has(upload, "loss") || has(upload, "noLoss")).isFalse();
    }

    private static boolean has(Reply version, String field) {
        return version.json().containsKey(field);
    }

    private Reply publish(Scene scene, String round) {
        Reply version = operator.postJson(path + "/versions", "{\"run\":\"" + scene.run + "\"," + round + "}");
        assertThat(version.status()).as(version.toString()).isEqualTo(201);
        return version;
    }

    private static void report(Scene scene, int round, double loss) {
        TestDevice device = scene.devices.get(0);
        Report report = new Report(
                1, OptionalDouble.of(loss), OptionalDouble.empty(), OptionalDouble.empty(), Map.of("accuracy", loss));
        TestDevice.Sent message = device.stage(round, GRADIENT, report);
        assertThat(device.put(message).status()).isEqualTo(201);
        device.commit(message);
        scene.await(device, round);
    }

    @Test
    void keepsAnUploadByteForByteAndServesItInEachFormat() {
        byte[] file = file(1.5f, -2f, 3f);
        assertThat(model.upload(1.5f, -2f, 3f)).isEqualTo(1);

        Reply original = operator.get(path + "/versions/1");
        assertThat(original.body()).isEqualTo(file);
        assertThat(original.header("Content-Type")).isEqualTo(SAFETENSORS);
        assertThat(original.header("Evenkeel-Model-Version")).isEqualTo("1");
        assertThat(original.header("Cache-Control")).contains("immutable", "private");
        assertThat(original.header("Link")).as("no CDN by default").isEmpty();
        assertThat(original.header("Repr-Digest"))
                .isEqualTo("sha-256=:" + Base64.getEncoder().encodeToString(sha256(file)) + ":");
        byte[] values = Arrays.copyOfRange(file, file.length - 12, file.length);
        assertThat(operator.get(path + "/versions/1?format=raw").body()).isEqualTo(values);
        byte[] npy = operator.get(path + "/versions/1", "Accept", "application/x-npy")
                .body();
        assertThat(Arrays.copyOfRange(npy, npy.length - 12, npy.length)).isEqualTo(values);
        assertThat(new String(npy, StandardCharsets.ISO_8859_1)).contains("'<f4'", "(3,)");
        assertThat(operator.get(path + "/versions/1", "Range", "bytes=8-9").body())
                .isEqualTo(new byte[] {'{', '"'});
        assertThat(operator.get(path + "/versions/1", "If-None-Match", original.header("ETag"))
                        .status())
                .isEqualTo(304);
        assertThat(operator.get(path + "/versions/1", "Accept", "application/pdf")
                        .problem())
                .isEqualTo("not-acceptable");
    }

    @Test
    void refusesUploadsThatAreNotModelsAndDeletesThem() {
        byte[] good = file(1, 2);
        for (byte[] bad : List.of(
                new byte[0],
                Arrays.copyOf(good, good.length - 1),
                Arrays.copyOf(good, good.length + 1),
                file(1, Float.NaN),
                file())) {
            Reply reply = operator.post(path + "/versions/upload", SAFETENSORS, bad);
            assertThat(reply.problem()).as(reply.toString()).isEqualTo("invalid-frame");
            assertThat(reply.json().containsKey("position")).isTrue();
        }
        assertThat(operator.get(path).problem()).isEqualTo("model-not-found");
        assertThat(model.upload(1, 2)).isEqualTo(1);
    }

    @Test
    void versionsCreatedConcurrentlyGetDifferentNumbers() {
        List<Integer> numbers = IntStream.range(0, 8)
                .parallel()
                .map(value -> model.upload(value))
                .boxed()
                .sorted()
                .toList();
        assertThat(numbers).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void pagesThroughVersionsNewestFirst() {
        IntStream.rangeClosed(1, 5).forEach(value -> model.upload(value));
        assertThat(operator.get(path + "/versions?limit=2").jsonList())
                .extracting("version")
                .containsExactly(5, 4);
        assertThat(operator.get(path + "/versions?limit=9&before=3").jsonList())
                .extracting("version")
                .containsExactly(2, 1);
        assertThat(operator.get(path + "/versions?limit=101").problem()).isEqualTo("malformed");
    }

    @Test
    void aDeviceRestrictedToARunGetsOnlyVersionsOfThatRun() {
        Scene scene = finishedRun();
        operator.postJson(path + "/versions", "{\"run\":\"" + scene.run + "\"}");
        model.upload(1, 2);
        operator.putJson(path + "/aliases/production", "{\"version\":1}");
        Http device = scene.devices.get(0).http();
        assertThat(device.get(path + "/versions/@production").status()).isEqualTo(200);
        assertThat(device.get(path + "/versions/2").status()).isEqualTo(200);
        assertThat(device.get(path + "/versions/1/details").problem()).isEqualTo("forbidden");
        assertThat(device.get(path).problem()).isEqualTo("forbidden");

        jdbc.update(
                "UPDATE client SET run = ? WHERE id = ?",
                scene.run,
                scene.devices.get(0).client());
        Http bound = new Http(api.endpoint(), scene.secretOf(scene.device()));
        jdbc.update(
                "UPDATE client SET run = ? WHERE id = ?",
                scene.run,
                scene.devices.get(1).client());
        assertThat(bound.get(path + "/versions/1").status()).isEqualTo(200);
        assertThat(bound.get(path + "/versions/2").problem()).isEqualTo("forbidden");
    }

    @Test
    void reportsWhatIsWrongWithAName() {
        assertThat(operator.post("/models/No_Name/versions/upload", SAFETENSORS, file(1))
                        .problem())
                .isEqualTo("malformed");
        model.upload(1);
        assertThat(operator.putJson(path + "/aliases/No_Name", "{\"version\":1}")
                        .problem())
                .isEqualTo("malformed");
        assertThat(operator.get(path + "/versions/one").problem()).isEqualTo("malformed");
        assertThat(operator.postJson(path + "/versions", "{}").get("field")).isEqualTo("run");
        assertThat(operator.postJson(path + "/versions", "{\"run\":\"nobody\"}").problem())
                .isEqualTo("run-not-found");
    }

    @Test
    void findsDamageToAStoredFile() {
        model.upload(1, 2);
        jdbc.update(
                "UPDATE model_version_file SET data = ? WHERE version_id = (SELECT id FROM model_version WHERE model = ?)",
                file(1, 3),
                model.name());
        assertThat(operator.get(path + "/versions/1").problem()).isEqualTo("storage-damaged");
    }

    @Test
    void describesModelsAndReplacesMetadata() {
        operator.putJson(path, "{\"description\":\"digits\"}");
        assertThat(operator.get(path).get("description")).isEqualTo("digits");
        assertThat(operator.get(path).json().containsKey("newest")).isFalse();
        model.upload(1);
        operator.putJson(path + "/versions/1/metadata", "{\"metadata\":{\"approved\":\"yes\"}}");
        assertThat(operator.get(path + "/versions/1/details").get("metadata")).isEqualTo("{approved=yes}");
        assertThat(operator.get("/models?after="
                                + model.name().substring(0, model.name().length() - 1) + "&limit=1000")
                        .jsonList())
                .extracting("name")
                .contains(model.name());
    }
}
