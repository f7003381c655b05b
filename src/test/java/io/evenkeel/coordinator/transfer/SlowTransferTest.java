package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Eventually;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A file arrives so slowly that PostgreSQL would end the transaction. */
@OnlyInCi
class SlowTransferTest extends TwoCoordinators {

    @Override
    RestartableCoordinator importing(Path folder) {
        return new RestartableCoordinator(Postgres.shared().newDatabase(), "--evenkeel.lease.duration=1s");
    }

    @Test
    void aSlowUploadIsImported() throws IOException {
        Scene scene = scene();
        rounds(scene, 0, 2);
        byte[] file = export(scene);
        int half = file.length / 2;
        URI coordinator = URI.create(there.endpoint());
        String head = "POST /api/v1/import HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Authorization: Bearer " + CoordinatorTest.OPERATOR_TOKEN + "\r\n"
                + "Content-Type: application/vnd.evenkeel.export\r\nContent-Length: " + file.length + "\r\n\r\n";

        try (Socket socket = new Socket(coordinator.getHost(), coordinator.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(file, 0, half);
            out.flush();
            Eventually.eventually().until(this::isIdleForLongerThanALease);
            out.write(file, half, file.length - half);
            out.flush();
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(response).startsWith("HTTP/1.1 201");
        }
    }

    private boolean isIdleForLongerThanALease() {
        Integer sessions = there.jdbc()
                .queryForObject(
                        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND state = 'idle in transaction' AND now() - state_change > INTERVAL '2 seconds'",
                        Integer.class);
        return sessions != null && sessions > 0;
    }
}
