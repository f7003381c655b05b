package io.evenkeel.pilot.process;

import io.evenkeel.pilot.terminal.CommandFailure;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A coordinator in a JVM of its own, which is killed and started again on the same port and data. For one thread at a time. */
public final class CoordinatorProcess implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofMinutes(3);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final JavaLaunch launch;
    private final Path folder;
    private final List<String> settings;
    private final int port;
    private final String token;
    private @Nullable Process process;

    /**
     * @param launch how to start it
     * @param folder where its data and its log go
     * @param settings what else it is told, as {@code serve} takes it
     */
    public CoordinatorProcess(JavaLaunch launch, Path folder, List<String> settings) throws IOException {
        this.launch = launch;
        this.folder = folder;
        this.settings = settings;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = probe.getLocalPort();
        }
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        this.token = "evk_op_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Returns where its H2 database lies. */
    public String databaseUrl() {
        return "jdbc:h2:file:" + folder.resolve("coordinator").toAbsolutePath() + "/evenkeel;IFEXISTS=TRUE";
    }

    /** Returns its process id; it must have been started. */
    public long pid() {
        return Objects.requireNonNull(process, "not started").pid();
    }

    /** Returns the port it listens on. */
    public int port() {
        return port;
    }

    /** Returns its address. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Returns its operator's token. */
    public String token() {
        return token;
    }

    /** Starts it, without waiting until it answers. */
    public void start() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "serve",
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("coordinator").toString(),
                "--server.address=127.0.0.1"));
        arguments.addAll(settings);
        process = launch.start(
                folder.resolve("coordinator.log"),
                List.of("EVENKEEL_OPERATOR_TOKEN=" + token),
                arguments.toArray(String[]::new));
    }

    /**
     * Waits until it answers.
     *
     * @throws CommandFailure if it ends instead, or takes too long
     */
    public void awaitUp() {
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
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
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
