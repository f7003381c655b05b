package io.evenkeel.cli.runs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubCoordinator;
import io.evenkeel.tools.CoordinatorClient;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventSignalTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final StubCoordinator coordinator = new StubCoordinator();
    private final CoordinatorClient client = new CoordinatorClient(coordinator.address(), () -> "token");

    @AfterEach
    void stop() {
        coordinator.close();
    }

    @Test
    void wakesItsReaderForAnEvent() throws InterruptedException {
        coordinator.on(
                "GET /runs/digits/events",
                200,
                "id: 1\nevent: round.closed\ndata: {}\n\n",
                Map.of("Content-Type", "text/event-stream"));
        try (EventSignal signal = EventSignal.start(client, "digits")) {
            signal.await(LONG);
            assertThat(coordinator.lines()).containsExactly("GET /runs/digits/events");
        }
    }

    @Test
    void letsItsReaderPollWithoutAStream() throws InterruptedException {
        try (EventSignal signal = EventSignal.start(client, "digits")) {
            signal.await(LONG);
            assertThat(signal.isConnected()).isFalse();
        }
    }
}
