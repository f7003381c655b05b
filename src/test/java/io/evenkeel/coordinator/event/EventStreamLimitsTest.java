package io.evenkeel.coordinator.event;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.OtherSettings;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SlowConnection;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OtherSettings
class EventStreamLimitsTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 2, "")
                .members(1);
    }

    private EventReader read(Scene scene, String token) {
        return new EventReader(api.endpoint(), scene.run, "", token);
    }

    @Test
    void refusesStreamsBeyondTheMaximumAndFreesTheirPlaces() {
        Scene scene = scene();
        List<EventReader> open = new ArrayList<>();
        for (String token : List.of(CoordinatorTest.VIEWER_TOKEN, CoordinatorTest.OPERATOR_TOKEN)) {
            open.add(opened(scene, token));
            open.add(opened(scene, token));
        }
        Reply token = scene.operator.postJson("/access-tokens", "{\"name\":\"third\",\"role\":\"viewer\"}");
        Reply fifth = streamOf(scene, token.get("token"));
        assertThat(fifth.problem()).isEqualTo("busy");
        assertThat(fifth.get("detail")).contains("this coordinator holds");
        assertThat(fifth.header("Retry-After")).isEqualTo("10");
        open.remove(0).close();
        opened(scene, token.get("token")).close();
        open.forEach(EventReader::close);
    }

    @Test
    void leavesStreamsForOtherCallers() {
        Scene scene = scene();
        try (EventReader first = opened(scene, CoordinatorTest.VIEWER_TOKEN);
                EventReader second = opened(scene, CoordinatorTest.VIEWER_TOKEN)) {
            Reply third = streamOf(scene, CoordinatorTest.VIEWER_TOKEN);
            assertThat(third.problem()).isEqualTo("busy");
            assertThat(third.get("detail")).contains("these credentials hold", "2");
            opened(scene, CoordinatorTest.OPERATOR_TOKEN).close();
            assertThat(List.of(first.hasEnded(), second.hasEnded())).containsOnly(false);
        }
    }

    /** Requests a stream, which the coordinator must refuse. */
    private Reply streamOf(Scene scene, String token) {
        return new Http(api.endpoint(), token).get("/runs/" + scene.run + "/events", "Accept", "text/event-stream");
    }

    @Test
    void sendsCommentsWhileNothingHappens() {
        Scene scene = scene();
        try (EventReader reader = opened(scene, CoordinatorTest.VIEWER_TOKEN)) {
            eventually().until(() -> reader.comments() > 2);
            assertThat(reader.events()).hasSize(1);
        }
    }

    @Test
    void endsAStreamWhoseTokenIsRevoked() {
        Scene scene = scene();
        Reply token = scene.operator.postJson("/access-tokens", "{\"name\":\"watcher\",\"role\":\"viewer\"}");
        try (EventReader reader = opened(scene, token.get("token"))) {
            reader.await("progress");
            scene.operator.delete("/access-tokens/" + token.get("id"));
            reader.awaitEnd();
        }
    }

    @Test
    void endsABusyStreamWhoseTokenIsRevoked() {
        Scene scene = scene();
        Reply token = scene.operator.postJson("/access-tokens", "{\"name\":\"watcher\",\"role\":\"viewer\"}");
        try (EventReader reader = opened(scene, token.get("token"))) {
            reader.await("progress");
            scene.operator.delete("/access-tokens/" + token.get("id"));
            // Each poll creates an event for the stream to send.
            eventually()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        jdbc.update("UPDATE run SET accepted = accepted + 1 WHERE name = ?", scene.run);
                        return reader.hasEnded();
                    });
        }
    }

    /** The slow reader reads nothing, so the socket's buffers fill; the other reader still gets all events. */
    @Test
    void aReaderThatDoesNotReadDoesNotDelayOthers() throws Exception {
        Scene scene = scene();
        String request = "GET /api/v1/runs/" + scene.run + "/events?after=0 HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer " + CoordinatorTest.VIEWER_TOKEN + "\r\n\r\n";
        try (EventReader reader = opened(scene, CoordinatorTest.VIEWER_TOKEN);
                SlowConnection slow = new SlowConnection(
                        URI.create(api.endpoint()).getPort(), request.getBytes(StandardCharsets.US_ASCII))) {
            scene.start();
            long detail = 20_000;
            jdbc.update("INSERT INTO run_event (run_id, sequence, type, round_number, happened_at, detail, pending)"
                    + " SELECT r.id, 2 + x, 'ROUND_EXTENDED', 0, CURRENT_TIMESTAMP, REPEAT('x', 900), FALSE"
                    + " FROM run r, SYSTEM_RANGE(1, " + detail + ") WHERE r.name = '" + scene.run + "'");
            jdbc.update("UPDATE run SET events = events + " + detail + " WHERE name = ?", scene.run);
            reader.await(event -> event.id().equals(Long.toString(2 + detail)));
            slow.drip();
            scene.act("pause");
            reader.await("run.paused");
        }
    }

    /**
     * Opens a stream once a slot is free. The slot of a disconnected reader is released when the next write to it
     * fails.
     */
    private EventReader opened(Scene scene, String token) {
        List<EventReader> found = new ArrayList<>();
        eventually().until(() -> {
            EventReader reader = read(scene, token);
            if (reader.response.statusCode() == 200) {
                found.add(reader);
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }
}
