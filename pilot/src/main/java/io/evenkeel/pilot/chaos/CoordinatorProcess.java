package io.evenkeel.pilot.chaos;

import io.evenkeel.pilot.terminal.CommandFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A coordinator in a JVM of its own, which is killed and started again on the same port and data. For one thread at a time. */
final class CoordinatorProcess implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofMinutes(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final JavaLaunch launch;
    private final Path folder;
    private final int port;
    private final String token;
    private @Nullable Process process;

    /**
     * @param launch how to start it
     * @param folder where its data and its log go
     */
    CoordinatorProcess(JavaLaunch launch, Path folder) throws IOException {
        this.launch = launch;
        this.folder = folder;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = probe.getLocalPort();
        }
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        this.token = "evk_op_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    int port() {
        return port;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    String token() {
        return token;
    }

    /** Starts it, without waiting until it answers. */
    void start() throws IOException {
        process = launch.start(
                folder.resolve("coordinator.log"),
                List.of("EVENKEEL_OPERATOR_TOKEN=" + token),
                "serve",
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("coordinator").toString(),
                "--server.address=127.0.0.1",
                "--springdoc.api-docs.enabled=false",
                "--springdoc.swagger-ui.enabled=false");
    }

    /**
     * Waits until it answers.
     *
     * @throws CommandFailure if it ends instead, or takes too long
     */
    void awaitUp() {
        long start = System.nanoTime();
        while (!isUp()) {
            boolean dead = process == null || !process.isAlive();
            if (dead || System.nanoTime() - start > LONGEST_START.toNanos()) {
                throw new CommandFailure("the coordinator " + (dead ? "ended" : "does not answer") + ": see "
                        + folder.resolve("coordinator.log"));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private boolean isUp() {
        try {
            HttpURLConnection health = (HttpURLConnection)
                    address().resolve("/actuator/health").toURL().openConnection();
            health.setConnectTimeout(1000);
            health.setReadTimeout(5000);
            return health.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Reads the messages it has accepted from its database; it must not be running. */
    List<Accepted> log() throws SQLException {
        String url = "jdbc:h2:file:" + folder.resolve("coordinator").toAbsolutePath() + "/evenkeel;IFEXISTS=TRUE";
        List<Accepted> entries = new ArrayList<>();
        try (Connection database = DriverManager.getConnection(url, "evenkeel", "");
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT m.client_id, g.round_number, g.included_in, g.sequence,"
                        + " g.digest FROM message g JOIN member m ON m.id = g.member_id"
                        + " ORDER BY g.included_in, g.ordinal, g.sequence")) {
            while (rows.next()) {
                entries.add(new Accepted(
                        rows.getString(1), rows.getInt(2), rows.getInt(3), rows.getLong(4), rows.getLong(5)));
            }
        }
        return entries;
    }

    /** Ends it in an orderly way if it can. */
    @Override
    public void close() {
        Process last = process;
        if (last == null) {
            return;
        }
        last.destroy();
        try {
            if (!last.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
                last.destroyForcibly();
            }
        } catch (InterruptedException e) {
            last.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
