package io.evenkeel.tools.process;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.CommandFailure;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A coordinator in a separate JVM, which can be killed and restarted on the same port and data. Not thread-safe. */
public final class CoordinatorProcess implements AutoCloseable {

    private static final Duration MAX_START = Duration.ofMinutes(3);
    private static final Duration MAX_STOP = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final JavaLaunch launch;
    private final Path log;
    private final String token;
    private final List<String> secrets;
    private final List<String> settings;
    private final int port;
    private final AtomicInteger starts = new AtomicInteger();
    private @Nullable Process process;

    /**
     * @param launch starts the JVM
     * @param log the log file
     * @param token the operator's token
     * @param secrets environment variables, NAME=VALUE
     * @param settings other settings, as arguments of Spring Boot
     */
    public CoordinatorProcess(JavaLaunch launch, Path log, String token, List<String> secrets, List<String> settings)
            throws IOException {
        this.launch = launch;
        this.log = log;
        this.token = token;
        this.secrets = secrets;
        this.settings = settings;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = probe.getLocalPort();
        }
    }

    /** Returns a random operator's token. */
    public static String newToken() {
        byte[] bits = new byte[32];
        new SecureRandom().nextBytes(bits);
        return "evk_op_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Returns the process id; the coordinator must have been started. */
    public long pid() {
        return Objects.requireNonNull(process, "not started").pid();
    }

    public int port() {
        return port;
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Returns the operator's token. */
    public String token() {
        return token;
    }

    public OperatorApi operator() {
        return new OperatorApi(address(), token);
    }

    /** Starts the coordinator without waiting until it responds. */
    public void start() throws IOException {
        List<String> environment = new ArrayList<>(secrets);
        environment.add("EVENKEEL_OPERATOR_TOKEN=" + token);
        List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--server.address=127.0.0.1"));
        arguments.addAll(settings);
        starts.incrementAndGet();
        process = launch.start(log, environment, arguments);
    }

    /** Returns the number of starts so far. Thread-safe. */
    public int starts() {
        return starts.get();
    }

    public boolean isProcess(long id) {
        return process != null && process.isAlive() && process.pid() == id;
    }

    /**
     * Waits until the coordinator responds for the first time.
     *
     * @throws CommandFailure if the process ends or takes too long
     */
    public void awaitUp() throws IOException {
        await(false);
    }

    /**
     * Waits until the coordinator responds again. Restarts it once if it ends in the meantime, as a service
     * manager does.
     *
     * @throws CommandFailure if it takes too long
     */
    public void awaitBack() throws IOException {
        await(true);
    }

    private void await(boolean startsAgain) throws IOException {
        long start = System.nanoTime();
        while (!isUp()) {
            boolean dead = process == null || !process.isAlive();
            if ((dead && !startsAgain) || System.nanoTime() - start > MAX_START.toNanos()) {
                throw new CommandFailure("the coordinator " + (dead ? "ended" : "does not respond") + ": see " + log);
            }
            if (dead) {
                start();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Returns whether the coordinator responds, even if its disk is full or its database is unreachable. */
    public boolean isUp() {
        try {
            HttpURLConnection health = (HttpURLConnection)
                    address().resolve("/actuator/health/liveness").toURL().openConnection();
            health.setConnectTimeout(1000);
            health.setReadTimeout(5000);
            return health.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** Stops the process like {@code kill -STOP}: it keeps its connections, and does nothing until {@link #resume}. */
    public void suspend() throws IOException, InterruptedException {
        signal("-STOP");
    }

    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String which) throws IOException, InterruptedException {
        int unused =
                new ProcessBuilder("kill", which, Long.toString(pid())).start().waitFor();
    }

    /** Kills the process like {@code kill -9}. */
    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Stops the process, in an orderly way if possible. */
    @Override
    public void close() {
        Process last = process;
        if (last == null) {
            return;
        }
        last.destroy();
        try {
            if (!last.waitFor(MAX_STOP.toSeconds(), TimeUnit.SECONDS)) {
                last.destroyForcibly();
            }
        } catch (InterruptedException e) {
            last.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
