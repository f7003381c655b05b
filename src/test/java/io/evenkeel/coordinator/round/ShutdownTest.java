package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class ShutdownTest {

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    @Test
    void finishesRequestsInFlightAndReleasesLongPollsAndLeases() throws Exception {
        SharedCoordinator coordinator = SharedCoordinator.start(
                url, "evenkeel.lease.duration=1h", "spring.lifecycle.timeout-per-shutdown-phase=1h");
        coordinator.webServer().disableBodyTimeouts();
        Scene scene = new Scene(coordinator.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.NONE)
                .create("gd", 100, "\"gamma\":0.1,\"participants\":{\"min\":2}")
                .members(2)
                .start();
        TestDevice first = scene.devices.get(0);
        TestDevice second = scene.devices.get(1);
        first.answer(0, new double[Scene.DIMENSION]);
        second.answer(0, new double[Scene.DIMENSION]);
        scene.await(first, 0);
        first.answer(1, new double[Scene.DIMENSION]);
        assertThat(holders()).isEqualTo(1);
        CompletableFuture<Reply> poll = first.waitForTask(1);
        byte[] body = second.stage(1, new double[Scene.DIMENSION]).bytes;

        try (Upload upload = new Upload(URI.create(coordinator.endpoint()), second, scene.run, body)) {
            upload.send(0, body.length / 2);
            eventually()
                    .until(() -> MetricsExposition.from(coordinator.endpoint()).of("evenkeel_waiting_devices") == 1);
            // Uses a separate thread, since the common pool may have only one thread, which also completes the long
            // poll.
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(coordinator::stop, command -> new Thread(command).start());

            assertThat(poll.join().status()).isEqualTo(204);
            assertThat(stopped).isNotDone();
            upload.send(body.length / 2, body.length);
            assertThat(upload.answer()).startsWith("HTTP/1.1 201");

            stopped.join();
        }
        assertThat(holders()).isZero();
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM message WHERE round_number = 1", Integer.class))
                .isEqualTo(2);
    }

    private int holders() {
        Integer held = jdbc.queryForObject("SELECT COUNT(*) FROM run WHERE lease_holder IS NOT NULL", Integer.class);
        return held == null ? 0 : held;
    }

    /** A message that is sent in pieces. */
    private static final class Upload implements AutoCloseable {

        private final Socket socket;
        private final OutputStream out;
        private final byte[] body;

        Upload(URI coordinator, TestDevice device, String run, byte[] body) throws IOException {
            this.socket = new Socket(coordinator.getHost(), coordinator.getPort());
            this.out = socket.getOutputStream();
            this.body = body;
            out.write(("PUT /api/v1/runs/" + run
                            + "/rounds/1/messages/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                            + device.http().token() + "\r\nContent-Type: " + TestDevice.BINARY + "\r\nContent-Length: "
                            + body.length + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }

        void send(int from, int to) throws IOException {
            out.write(Arrays.copyOfRange(body, from, to));
            out.flush();
        }

        String answer() throws IOException {
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
