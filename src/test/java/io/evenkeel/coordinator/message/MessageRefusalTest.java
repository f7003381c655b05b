package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A refusal explains the problem, and changes neither the database nor x and S. {@link MessageRequestReaderTest} tests
 * the content of a message, and the engine's tests cover the order of messages.
 */
@CoordinatorTest
class MessageRefusalTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene;
    private TestDevice device;
    private String before = "";

    @BeforeEach
    void openRoundOneAfterAMessageFromEach() {
        scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "\"participants\":{\"min\":2}")
                .members(2)
                .start();
        scene.devices.forEach(member -> member.answer(0, GRADIENT));
        device = scene.devices.get(0);
        scene.await(device, 0);
        before = scene.fingerprint();
    }

    @AfterEach
    void nothingHasChangedAndAValidMessageIsStillAccepted() {
        assertThat(scene.fingerprint()).isEqualTo(before);
        device.answer(1, GRADIENT);
    }

    @Test
    void refusesAMessageForAnUnknownRun() {
        Reply reply = device.http().put("/runs/no-such-run/rounds/1/messages/me", TestDevice.BINARY, good());
        assertThat(reply.problem()).isEqualTo("run-not-found");
    }

    @Test
    void refusesAMessageOfAClientThatIsNotAMember() {
        TestDevice stranger = scene.device();
        assertThat(stranger.put(1, good()).problem()).isEqualTo("member-not-found");
    }

    @Test
    void refusesAMessageWithoutADevicesCredentials() {
        assertThat(new Http(api.endpoint(), "evk_op_wrong")
                        .put(path(1), TestDevice.BINARY, good())
                        .problem())
                .isEqualTo("unauthenticated");
        assertThat(scene.operator.put(path(1), TestDevice.BINARY, good()).problem())
                .isEqualTo("forbidden");
    }

    @Test
    void refusesAMessageOfAnotherMediaType() {
        assertThat(device.http().put(path(1), "text/plain", good()).problem()).isEqualTo("unsupported-media-type");
    }

    @Test
    void refusesAMessageThatIsTooLarge() {
        Reply reply = device.put(1, new byte[100_000]);
        assertThat(reply.problem()).isEqualTo("too-large");
        assertThat(reply.json().get("limit")).isNotNull();
    }

    @Test
    void refusesATruncatedMessage() {
        byte[] good = good();
        Reply cut = device.put(1, Arrays.copyOf(good, good.length - 3));
        assertThat(cut.problem()).isEqualTo("invalid-frame");
        assertThat(cut.number("position")).isPositive();
    }

    @Test
    void refusesAMessageThatDoesNotFollowThePreviousOne() {
        Reply gap = device.put(1, message(3, device.head(), Scene.DIMENSION, 0));
        assertThat(gap.problem()).isEqualTo("state-diverged");
        assertThat(gap.number("expectedSequence")).isEqualTo(2);
        assertThat(gap.get("expectedPrevious")).isEqualTo(Digest.toHex(device.head()));
        assertThat(device.put(1, message(2, device.head() + 1, Scene.DIMENSION, 0))
                        .problem())
                .isEqualTo("state-diverged");
        assertThat(device.put(1, message(1, 0, Scene.DIMENSION, 0)).problem()).isEqualTo("state-diverged");
    }

    @Test
    void refusesMalformedJsonWithLineAndColumn() {
        Reply reply = json("{\"sequence\":2,\n \"previous\" \"x\"}");
        assertThat(reply.problem()).isEqualTo("malformed");
        assertThat(reply.number("line")).isEqualTo(2);
        assertThat(reply.number("column")).isPositive();
    }

    @Test
    void describesTheExpectedJsonValue() {
        assertThat(json("{\"indices\":[0],\"values\":[\"1\"]}").get("detail"))
                .isEqualTo("'values[0]' is not a number (line 1, column 26)");
        assertThat(json("{\"indices\":[0],\"values\":1}").get("detail"))
                .isEqualTo("'values' is not a list (line 1, column 25)");
        assertThat(json("[]").get("detail")).isEqualTo("the body is not an object (line 1, column 1)");
    }

    @Test
    void refusesInvalidFieldsOfJson() {
        assertField("{\"sequence\":null,\"indices\":[0],\"values\":[1]}", "sequence");
        assertField("{\"sequence\":2,\"indices\":[0],\"values\":[1]}", "previous");
        assertThat(json("{\"indizes\":[0],\"values\":[1]}").problem()).isEqualTo("invalid");
        assertThat(json("{\"indices\":[0],\"values\":[\"NaN\"]}").status()).isBetween(400, 422);
    }

    private void assertField(String json, String field) {
        Reply reply = json(json);
        assertThat(reply.problem()).as(json).isEqualTo("invalid");
        assertThat(reply.get("field")).as(json).isEqualTo(field);
    }

    private Reply json(String json) {
        return device.http().put(path(1), "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    private String path(int round) {
        return "/runs/" + scene.run + "/rounds/" + round + "/messages/me";
    }

    private byte[] good() {
        return message(2, device.head(), Scene.DIMENSION, 0, 3);
    }

    private static byte[] message(long sequence, long previous, int dimension, int... indices) {
        double[] values = new double[indices.length];
        Arrays.fill(values, 0.5);
        CompressedVector delta =
                new CompressedVector(new Support.Listed(dimension, indices), ValueCoding.FLOAT32, values);
        return new Message(sequence, previous, Report.of(1), delta).encode();
    }
}
