package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A revoked device is refused, and its share is removed from the sum. */
@CoordinatorTest
class RevocationTest {

    private static final double EXACT = 1e-14;
    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "")
                .members(3);
    }

    @Test
    void removesTheDeviceFromEverySumWhenTheRoundCloses() {
        Scene scene = scene().start();
        scene.devices.forEach(device -> device.answer(0, GRADIENT));
        scene.await(scene.devices.get(0), 0);
        TestDevice stolen = scene.devices.get(1);
        Reply revoked = scene.operator.delete("/clients/" + stolen.client());
        assertThat(revoked.status()).isEqualTo(204);

        assertThat(stolen.put(stolen.stage(1, GRADIENT)).problem()).isEqualTo("client-revoked");
        assertThat(stolen.membership().problem()).isEqualTo("client-revoked");
        List<TestDevice> others = List.of(scene.devices.get(0), scene.devices.get(2));
        others.forEach(device -> device.answer(1, GRADIENT));
        scene.await(others.get(0), 1);
        assertThat(Scene.difference(scene.replica(2).sum(), others, 1, 1)).isLessThan(EXACT);
        assertThat(scene.view().number("members")).isEqualTo(2);
        assertThat(scene.operator.get("/runs/" + scene.run + "/members").text()).doesNotContain(stolen.client());
    }

    @Test
    void removesTheDeviceAtOnceFromARunThatHasNotStarted() {
        Scene scene = scene();
        TestDevice stolen = scene.devices.get(0);
        scene.operator.delete("/clients/" + stolen.client());
        assertThat(scene.view().number("members")).isEqualTo(2);
        assertThat(stolen.join(1).problem()).isEqualTo("client-revoked");
    }

    @Test
    void removesTheDeviceOneRoundLaterIfTheOpenRoundIsFrozen() {
        Scene scene = scene().start();
        TestDevice stolen = scene.devices.get(0);
        jdbc.update("UPDATE run SET state = 'PAUSED', closing = TRUE WHERE name = ?", scene.run);
        assertThat(scene.operator.delete("/clients/" + stolen.client()).status())
                .isEqualTo(204);
        assertThat(jdbc.queryForObject(
                        "SELECT left_after FROM member WHERE client_id = ?", Integer.class, stolen.client()))
                .isEqualTo(1);
    }

    @Test
    void doesNotChangeARunThatHasEnded() {
        Scene scene = scene().start().act("cancel");
        TestDevice stolen = scene.devices.get(0);
        String before = scene.operator.get("/runs/" + scene.run + "/members").text();
        assertThat(scene.operator.delete("/clients/" + stolen.client()).status())
                .isEqualTo(204);
        assertThat(scene.operator.get("/runs/" + scene.run + "/members").text()).isEqualTo(before);
    }
}
