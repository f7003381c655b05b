package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Report;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class AcceptanceReceiptTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene running() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(2)
                .start();
    }

    @Test
    void isTheSameForTheSameMessageEvenAfterTheRoundIsClosedAndTheClientHasLeft() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent message = device.stage(0, GRADIENT);
        Reply first = device.put(message);
        assertThat(first.status()).isEqualTo(201);
        device.commit(message);
        assertThat(first.get("digest")).isEqualTo(Digest.toHex(device.head()));
        assertThat(first.get("head")).isEqualTo(first.get("digest"));
        assertThat(first.number("includedIn")).isZero();

        assertSame(device.put(message), first);
        scene.devices.get(1).answer(0, GRADIENT);
        scene.await(device, 0);
        String before = scene.fingerprint();
        assertSame(device.put(message), first);
        assertThat(scene.fingerprint()).isEqualTo(before);

        device.answer(1, GRADIENT);
        scene.devices.get(1).answer(1, GRADIENT);
        scene.await(device, 1);
        assertThat(device.leave().status()).isEqualTo(204);
        scene.devices.get(1).answer(2, GRADIENT);
        scene.await(scene.devices.get(1), 2);
        assertSame(device.put(message), first);
        assertThat(scene.view().get("state")).isEqualTo("finished");
    }

    private static void assertSame(Reply again, Reply first) {
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(first.text());
    }

    @Test
    void isPartOfTheMembershipOfARecoveringDevice() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        assertThat(device.membership().json().get("lastReceipt")).isNull();
        Reply receipt = device.answer(0, GRADIENT);

        Reply membership = device.membership();
        assertThat(membership.json().get("lastReceipt")).isEqualTo(receipt.json());
        assertThat(membership.get("head")).isEqualTo(receipt.get("head"));
        assertThat(membership.number("sequence")).isEqualTo(1);
        assertThat(membership.number("round")).isZero();
        assertThat(membership.get("plan")).contains("feedback=ef21", "compressor=top-k:2");
    }

    @Test
    void isTheSameForAJsonMessageAndItsBinaryForm() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        Report report = new Report(
                20, OptionalDouble.of(0.25), OptionalDouble.empty(), OptionalDouble.of(3), Map.of("accuracy", 0.5));
        TestDevice.Sent twin = device.stage(0, GRADIENT, report);
        Reply reply = device.http()
                .putJson(
                        "/runs/" + scene.run + "/rounds/0/messages/me",
                        "{\"sequence\":1,\"previous\":\"0000000000000000\",\"indices\":[4,5],\"values\":[5,-6.0],"
                                + "\"samples\":20,\"loss\":0.25,\"smoothness\":3,\"metrics\":{\"accuracy\":0.5}}");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.get("digest")).isEqualTo(Digest.toHex(Digest.of(twin.bytes)));
        assertSame(device.put(twin), reply);
    }

    @Test
    void isTheSameForAJsonMessageWithoutOptionalFields() {
        Scene scene = running();
        TestDevice device = scene.devices.get(0);
        Reply reply = device.http()
                .putJson(
                        "/runs/" + scene.run + "/rounds/0/messages/me",
                        "{\"sequence\":1,\"previous\":null,\"coding\":null,\"samples\":null,\"loss\":null,\"metrics\":null,"
                                + "\"indices\":[4,5],\"values\":[5,-6.0]}");

        assertThat(reply.status()).isEqualTo(201);
        assertSame(device.put(device.stage(0, GRADIENT, Report.of(1))), reply);
    }

    @Test
    void averagesLossesOverMembersAndOtherFiguresOverSamples() {
        Scene scene = running();
        int uplink = 0;
        for (int i = 0; i < 2; i++) {
            Report report = new Report(
                    10 + 20 * i,
                    OptionalDouble.of(1 + i),
                    OptionalDouble.empty(),
                    OptionalDouble.of(2 + 2 * i),
                    Map.of("accuracy", 0.5 + 0.4 * i));
            TestDevice device = scene.devices.get(i);
            device.model(0);
            TestDevice.Sent message = device.stage(0, GRADIENT, report);
            assertThat(device.put(message).status()).isEqualTo(201);
            device.commit(message);
            uplink += message.bytes.length;
        }
        scene.await(scene.devices.get(0), 0);

        Map<?, ?> record = scene.record(0).json();
        assertThat((Double) record.get("loss")).isEqualTo((1 + 2) / 2.0);
        assertThat((Double) record.get("smoothness")).isEqualTo((10 * 2 + 30 * 4) / 40.0);
        assertThat((Double) record.get("smoothnessMax")).isEqualTo(4);
        assertThat(String.valueOf(record.get("metrics"))).isEqualTo("{accuracy=" + (10 * 0.5 + 30 * 0.9) / 40.0 + "}");
        assertThat(record.get("participants")).isEqualTo(2);
        assertThat(record.get("uplinkBytes")).isEqualTo(uplink);
        assertThat(record.get("denseUplinkBytes")).isEqualTo(2 * 4 * Scene.DIMENSION);
        assertThat(record.get("downlinkBytes")).isEqualTo(2 * 8 * Scene.DIMENSION);
        assertThat(scene.operator
                        .get("/runs/" + scene.run + "/rounds?from=0&limit=5")
                        .text())
                .startsWith("[{")
                .contains("\"round\":0");
        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds?limit=0").problem())
                .isEqualTo("malformed");
    }
}
