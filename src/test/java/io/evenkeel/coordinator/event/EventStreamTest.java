package io.evenkeel.coordinator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class EventStreamTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private EventStreams streams;

    @Autowired
    private EventPruning pruning;

    @Autowired
    private TurnedClock clock;

    private Scene scene(int rounds) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", rounds, "")
                .members(2);
    }

    private EventReader read(Scene scene, String query, String... headers) {
        return new EventReader(api.endpoint(), scene.run, query, CoordinatorTest.VIEWER_TOKEN, headers);
    }

    private void answer(Scene scene, int round) {
        scene.devices.forEach(device -> {
            scene.await(device, round - 1);
            device.answer(round, GRADIENT);
        });
    }

    @Test
    void sendsAgainAfterAContextWasPausedAndStarted() {
        Scene scene = scene(2);
        streams.stop();
        streams.start();
        try (EventReader reader = read(scene, "")) {
            reader.await(event -> event.data().get("state") instanceof String state && state.equals("created"));
        }
    }

    @Test
    void sendsAllEventsOfARunAndEnds() {
        Scene scene = scene(2);
        try (EventReader reader = read(scene, "")) {
            assertThat(reader.response.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            assertThat(reader.response.headers().firstValue("Cache-Control")).hasValue("no-store");
            reader.await(event -> event.data().get("state") instanceof String state && state.equals("created"));
            scene.start();
            answer(scene, 0);
            answer(scene, 1);
            reader.awaitEnd();

            assertThat(reader.types())
                    .containsExactly(
                            "run.started",
                            "round.opened",
                            "round.closed",
                            "round.opened",
                            "round.closed",
                            "run.finished");
            EventReader.Event closed = reader.await("round.closed");
            assertThat(closed.data().get("run")).isEqualTo(scene.run);
            assertThat(closed.data().get("round")).isEqualTo(0);
            assertThat((Map<?, ?>) closed.data().get("figures"))
                    .extracting(figures -> figures.get("participants"))
                    .isEqualTo(2);
            EventReader.Event last = reader.events().get(reader.events().size() - 1);
            assertThat(last.type()).isEqualTo("progress");
            assertThat(last.data().get("state")).isEqualTo("finished");
        }
    }

    @Test
    void listsEventsOtherThanRoundsNewestFirst() {
        Scene scene = scene(2).start();
        answer(scene, 0);
        answer(scene, 1);
        scene.awaitClosed(1);

        String log = "/runs/" + scene.run + "/event-log";
        assertThat(scene.operator.get(log).jsonList())
                .extracting(event -> event.get("type"))
                .containsExactly("run.finished", "run.started");
        assertThat(scene.operator.get(log + "?before=6").jsonList())
                .extracting(event -> event.get("type"))
                .containsExactly("run.started");
        assertThat(scene.operator.get(log + "?limit=0").problem()).isEqualTo("malformed");
    }

    @Test
    void deletesEventsAfterTheirRetentionOnceWebhooksHaveThem() {
        Scene scene = scene(2).start();
        String log = "/runs/" + scene.run + "/event-log";
        String pending = "UPDATE run_event SET pending = ? WHERE run_id = (SELECT id FROM run WHERE name = ?)";

        jdbc.update(pending, true, scene.run);
        pruning.prune(clock.instant().plus(Duration.ofDays(31)));
        assertThat(scene.operator.get(log).jsonList()).hasSize(1);

        jdbc.update(pending, false, scene.run);
        pruning.prune(clock.instant().plus(Duration.ofDays(29)));
        assertThat(scene.operator.get(log).jsonList()).hasSize(1);

        pruning.prune(clock.instant().plus(Duration.ofDays(31)));
        assertThat(scene.operator.get(log).jsonList()).isEmpty();
    }

    @Test
    void countsMessagesOfTheOpenRound() {
        Scene scene = scene(2).start();
        try (EventReader reader = read(scene, "")) {
            reader.await(event -> Integer.valueOf(0).equals(event.data().get("accepted")));
            scene.devices.get(0).answer(0, GRADIENT);
            EventReader.Event counted =
                    reader.await(event -> Integer.valueOf(1).equals(event.data().get("accepted")));
            assertThat(counted.type()).isEqualTo("progress");
            assertThat(counted.data().get("needed")).isEqualTo(1);
        }
    }

    @Test
    void countsRefusalsByReason() {
        Scene scene = scene(2).start();
        scene.devices.get(0).answer(0, GRADIENT);
        try (EventReader reader = read(scene, "")) {
            scene.devices
                    .get(1)
                    .http()
                    .put(
                            "/runs/" + scene.run + "/rounds/0/messages/me",
                            "application/vnd.evenkeel.message",
                            new byte[] {1});
            EventReader.Event refused = reader.await("refusals");
            assertThat(refused.data().get("invalid")).isEqualTo(1);
        }
    }

    @Test
    void continuesAfterTheLastEventOfAReader() {
        Scene scene = scene(3).start();
        String seen;
        try (EventReader first = read(scene, "?after=0")) {
            first.await("round.opened");
            seen = first.await("run.started").id();
        }
        answer(scene, 0);
        try (EventReader byHeader = read(scene, "", "Last-Event-ID", seen);
                EventReader byParameter = read(scene, "?after=" + seen)) {
            byHeader.await(event -> event.type().equals("round.opened")
                    && Integer.valueOf(1).equals(event.data().get("round")));
            byParameter.await(event -> event.type().equals("round.opened")
                    && Integer.valueOf(1).equals(event.data().get("round")));
            assertThat(byHeader.types()).containsExactly("round.opened", "round.closed", "round.opened");
            assertThat(byParameter.types()).isEqualTo(byHeader.types());
        }
    }

    @Test
    void beginsWithSomeOfTheNewestEventsOnRequest() {
        Scene scene = scene(3).start();
        answer(scene, 0);
        scene.await(scene.devices.get(0), 0);
        scene.act("pause");
        try (EventReader reader = read(scene, "?last=2")) {
            reader.await("progress");
            assertThat(reader.types()).containsExactly("round.opened", "run.paused");
        }
    }

    @Test
    void reportsMissingEventsThatAreNoLongerKept() {
        Scene scene = scene(3).start();
        answer(scene, 0);
        scene.await(scene.devices.get(0), 0);
        jdbc.update(
                "DELETE FROM run_event WHERE sequence <= 2 AND run_id = (SELECT id FROM run WHERE name = ?)",
                scene.run);
        try (EventReader old = read(scene, "?after=1");
                EventReader fromTheFuture = read(scene, "?after=99")) {
            assertThat(old.await("missed").data().get("after")).isEqualTo(1);
            assertThat(fromTheFuture.await("missed").data().get("after")).isEqualTo(99);
            scene.act("pause");
            old.await("run.paused");
            fromTheFuture.await("run.paused");
        }
    }

    @Test
    void endsAtOnceForARunThatHasEnded() {
        Scene scene = scene(2).start();
        scene.act("cancel");
        try (EventReader all = read(scene, "?after=0")) {
            all.awaitEnd();
            assertThat(all.types()).containsExactly("run.started", "round.opened", "run.cancelled");
            try (EventReader again = read(scene, "", "Last-Event-ID", all.lastId())) {
                assertThat(again.response.statusCode()).isEqualTo(204);
            }
        }
    }

    @Test
    void refusesInvalidIds() {
        Scene scene = scene(2);
        Reply header = scene.operator.get(
                "/runs/" + scene.run + "/events", "Last-Event-ID", "yesterday", "Accept", "text/event-stream");
        assertThat(header.problem()).isEqualTo("malformed");
        assertThat(scene.operator.get("/runs/" + scene.run + "/events?after=-1").problem())
                .isEqualTo("malformed");
        assertThat(scene.operator
                        .get("/runs/no-such-run/events", "Accept", "text/event-stream")
                        .problem())
                .isEqualTo("run-not-found");
    }
}
