package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests messages in parts over HTTP. {@link MessageUploadsTest} tests failures. */
@UnlimitedCoordinator
class MessageInPartsTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private UploadSweep sweep;

    @Autowired
    private ObjectStore objects;

    private Scene running() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(2)
                .start();
    }

    private static String path(Scene scene, int round, byte[] message) {
        return "/runs/" + scene.run + "/members/me/uploads/" + sha256(message) + "?round=" + round;
    }

    private static String sha256(byte[] message) {
        return HexFormat.of().formatHex(Digest.sha256().digest(message));
    }

    private static Reply patch(TestDevice device, String path, byte[] part) {
        return device.http().patch(path, "application/partial-upload", part);
    }

    @Test
    void aMessageInPartsGetsTheSameReceiptAsOneInASingleRequest() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, GRADIENT).bytes;
        String path = path(scene, 0, message);
        String send = "/runs/" + scene.run + "/rounds/0/messages/me?upload=" + sha256(message);

        assertThat(device.http().get(path).header("Upload-Offset")).isEqualTo("0");
        Reply part = patch(device, path, Arrays.copyOf(message, 10));
        assertThat(part.status()).isEqualTo(204);
        assertThat(part.header("Upload-Offset")).isEqualTo("10");
        Reply again = patch(device, path, Arrays.copyOf(message, 10));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.number("offset")).isEqualTo(10);
        Reply early = device.http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(early.status()).isEqualTo(404);
        assertThat(early.problem()).isEqualTo("not-found");

        // The premature request does not discard the bytes that have arrived.
        byte[] rest = Arrays.copyOfRange(message, 10, message.length);
        assertThat(device.http()
                        .patch(path, "application/partial-upload", rest, "Upload-Offset", "10")
                        .header("Upload-Offset"))
                .isEqualTo(String.valueOf(message.length));
        Reply receipt = device.http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(receipt.status()).isEqualTo(201);
        assertThat(receipt.get("digest")).isEqualTo(Digest.toHex(Digest.of(message)));
        Reply repeated = device.http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(repeated.status()).isEqualTo(200);
        assertThat(repeated.text()).isEqualTo(receipt.text());
        Reply whole = device.http().put("/runs/" + scene.run + "/rounds/0/messages/me", TestDevice.BINARY, message);
        assertThat(whole.text()).isEqualTo(receipt.text());

        TestDevice other = scene.devices.get(1);
        assertThat(other.http().get(path).header("Upload-Offset")).isEqualTo("0");
        assertThat(other.http().put(send, TestDevice.BINARY, new byte[0]).status())
                .isEqualTo(404);
    }

    private boolean isKept(byte[] message) throws IOException {
        Path folder = objects.folder().orElseThrow();
        try (Stream<Path> paths = Files.walk(folder.resolve("uploads"))) {
            return paths.anyMatch(path -> path.endsWith(sha256(message)));
        }
    }

    @Test
    void theUploadOfAnAcceptedMessageIsDeletedAndItsReceiptStaysAvailable() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, new double[] {1, 2, 3, 4, 5, 6}).bytes;
        String path = path(scene, 0, message);
        String send = "/runs/" + scene.run + "/rounds/0/messages/me?upload=" + sha256(message);
        assertThat(patch(device, path, message).status()).isEqualTo(204);
        Reply receipt = device.http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(receipt.status()).isEqualTo(201);
        eventually().until(() -> !isKept(message));

        assertThat(device.http().get(path).header("Upload-Offset")).isEqualTo(String.valueOf(message.length));
        Reply repeated = device.http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(repeated.status()).isEqualTo(200);
        assertThat(repeated.text()).isEqualTo(receipt.text());
        Reply other = scene.devices.get(1).http().put(send, TestDevice.BINARY, new byte[0]);
        assertThat(other.problem()).isEqualTo("not-found");
    }

    @Test
    void aDeletedRunLeavesNoParts() throws IOException {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, new double[] {6, 5, 4, 3, 2, 1}).bytes;
        assertThat(patch(device, path(scene, 0, message), Arrays.copyOf(message, 10))
                        .status())
                .isEqualTo(204);
        sweep.work();
        assertThat(isKept(message)).isTrue();
        scene.act("cancel");
        assertThat(scene.operator.delete("/runs/" + scene.run).status()).isEqualTo(204);
        sweep.work();
        assertThat(isKept(message)).isFalse();
    }

    @Test
    void aPartBeyondThePlansMessageIsRefused() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] large = new byte[1 << 20];
        Reply refused = patch(device, path(scene, 0, large), large);
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.problem()).isEqualTo("too-large");
        assertThat(device.http().get(path(scene, 0, large)).header("Upload-Offset"))
                .isEqualTo("0");
    }

    @Test
    void aPartIsRefusedOnceItsRoundIsClosed() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, GRADIENT).bytes;
        assertThat(patch(device, path(scene, 0, message), Arrays.copyOf(message, 10))
                        .status())
                .isEqualTo(204);
        assertRefused(device, path(scene, 1, message), message, "round-not-open");

        TestDevice stranger = scene.device();
        assertRefused(stranger, path(scene, 0, message), message, "member-not-found");

        scene.act("cancel");
        assertRefused(device, path(scene, 0, message), message, "round-closed");
        assertThat(device.http()
                        .put("/runs/" + scene.run + "/rounds/0/messages/me", TestDevice.BINARY, message)
                        .problem())
                .isEqualTo("round-closed");
    }

    @Test
    void anAnsweredRoundRefusesNoPartSinceTheReceiptMayBeLost() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, GRADIENT).bytes;
        assertThat(device.put(0, message).status()).isEqualTo(201);
        scene.devices.get(1).answer(0, GRADIENT);
        scene.awaitClosed(0);
        scene.act("cancel");
        assertThat(patch(device, path(scene, 0, message), message).status()).isEqualTo(204);
        assertThat(device.http()
                        .put(
                                "/runs/" + scene.run + "/rounds/0/messages/me?upload=" + sha256(message),
                                TestDevice.BINARY,
                                new byte[0])
                        .status())
                .isEqualTo(200);
    }

    private static void assertRefused(TestDevice device, String path, byte[] part, String problem) {
        for (Reply refused : List.of(device.http().get(path), patch(device, path, part))) {
            assertThat(refused.problem()).isEqualTo(problem);
        }
    }
}
