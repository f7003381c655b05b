package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Uses a separate coordinator, since at most a hundred runs have series. On a shared coordinator, these runs may all
 * belong to other tests.
 */
@CoordinatorTest
class MessageMetricsTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void countMessagesByOutcome() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.EF21)
                .create("ef21-norm", 1000, "\"staleness\":0,\"participants\":{\"min\":2}")
                .members(2)
                .start();
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent sent = device.stage(0, GRADIENT.clone());
        assertThat(device.put(sent).status()).isEqualTo(201);
        // Messages are counted after their response, and refused ones only once the run has series.
        MetricsExposition.await(
                api.endpoint(),
                told -> told.of("evenkeel_run_messages_total", "run", scene.run, "outcome", "accepted") == 1);
        assertThat(device.put(sent).status()).isEqualTo(200);
        assertThat(device.put(device.stage(0, new double[] {9, 8, 7, 6, 5, 4})).problem())
                .isEqualTo("conflict");
        assertThat(device.put(3, sent.bytes).problem()).isEqualTo("round-not-open");
        assertThat(device.put(0, new byte[] {1, 2, 3}).problem()).isEqualTo("invalid-frame");
        assertThat(device.put(0, new byte[1 << 20]).problem()).isEqualTo("too-large");
        TestDevice stranger = scene.device();
        assertThat(stranger.put(sent).problem()).isEqualTo("member-not-found");
        Http nobody = new Http(api.endpoint(), "evk_dev_nobody");
        assertThat(nobody.put("/runs/" + scene.run + "/rounds/0/messages/me", TestDevice.BINARY, sent.bytes)
                        .status())
                .isEqualTo(401);
        device.commit(sent);
        TestDevice other = scene.devices.get(1);
        assertThat(other.put(0, device.stage(0, GRADIENT.clone()).bytes).problem())
                .isEqualTo("state-diverged");

        MetricsExposition seen = MetricsExposition.await(
                api.endpoint(),
                told -> told.of("evenkeel_run_messages_total", "run", scene.run, "outcome", "diverged") == 1);

        assertThat(outcomes(seen, scene.run))
                .isEqualTo(Map.of(
                        "accepted", 1.0,
                        "repeated", 1.0,
                        "conflict", 1.0,
                        "round_closed", 1.0,
                        "invalid", 1.0,
                        "too_large", 1.0,
                        "unauthorised", 2.0,
                        "diverged", 1.0,
                        "busy", 0.0,
                        "failed", 0.0));
        assertThat(seen.of("evenkeel_run_accept_seconds_count", "run", scene.run))
                .isEqualTo(1);
    }

    private static Map<String, Double> outcomes(MetricsExposition seen, String run) {
        Map<String, Double> outcomes = new TreeMap<>();
        seen.samples.stream()
                .filter(sample -> sample.name().equals("evenkeel_run_messages_total")
                        && run.equals(sample.labels().get("run")))
                .forEach(sample -> outcomes.put(sample.labels().get("outcome"), sample.value()));
        return outcomes;
    }
}
