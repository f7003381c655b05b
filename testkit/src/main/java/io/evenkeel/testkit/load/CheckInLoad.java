package io.evenkeel.testkit.load;

import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.terminal.CommandFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Enrols devices and lets them check in, one after the other over a few connections, as fast as the coordinator answers. No device joins
 * the run that it is offered, so each check-in looks for work and finds some. Not thread-safe.
 */
final class CheckInLoad implements AutoCloseable {

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 20;

    private final URI coordinator;
    private final int devices;
    private final EventLoop loop = new EventLoop();
    private final List<Connection> connections = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private String token = "";
    private int begun;
    private int next;
    private long failures;
    private int outstanding;
    private boolean over;

    CheckInLoad(URI coordinator, int devices, int width) throws IOException {
        this.coordinator = coordinator;
        this.devices = devices;
        InetSocketAddress server =
                new InetSocketAddress(coordinator.getHost(), coordinator.getPort() < 0 ? 80 : coordinator.getPort());
        for (int i = 0; i < width; i++) {
            connections.add(new Connection(loop.selector(), server));
        }
    }

    /** Creates a run that every device may join, and enrols the devices. */
    void prepare(String operatorToken, String run) throws IOException {
        OperatorApi operator = new OperatorApi(coordinator, operatorToken);
        operator.createRun(Map.of(
                "name",
                run,
                "dimension",
                1000,
                "algorithm",
                "ef21-norm",
                "rounds",
                1000,
                "participants",
                Map.of("min", 1)));
        token = operator.createEnrolmentToken(devices, run);
        connections.forEach(this::enrol);
        turnUntil(() -> secrets.size() >= devices);
    }

    private void enrol(Connection connection) {
        if (begun >= devices) {
            return;
        }
        String body = "{\"token\":\"" + token + "\",\"name\":\"check-in-" + begun++ + "\"}";
        ask(
                connection,
                "POST /api/v1/enrolments",
                "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body,
                answer -> {
                    if (answer.status() != 201) {
                        throw new CommandFailure("the coordinator refused to enrol a device: " + answer);
                    }
                    secrets.add(answer.text("secret"));
                    enrol(connection);
                });
    }

    /** Runs check-ins of devices for a time; returns the duration of each request in nanoseconds. */
    List<Long> run(Duration duration) throws IOException {
        over = false;
        nanos.clear();
        long start = System.nanoTime();
        connections.forEach(this::checkIn);
        turnUntil(() -> System.nanoTime() - start >= duration.toNanos());
        over = true;
        List<Long> took = List.copyOf(nanos);
        turnUntil(() -> outstanding == 0);
        return took;
    }

    /** Returns how many check-ins had no success. */
    long failures() {
        return failures;
    }

    private void checkIn(Connection connection) {
        if (over) {
            return;
        }
        String secret = secrets.get(next++ % secrets.size());
        long sent = System.nanoTime();
        outstanding++;
        ask(connection, "GET /api/v1/work?limit=1", "Authorization: Bearer " + secret + "\r\n\r\n", answer -> {
            outstanding--;
            nanos.add(System.nanoTime() - sent);
            failures += answer.status() == 200 ? 0 : 1;
            checkIn(connection);
        });
    }

    private void ask(Connection connection, String line, String rest, Consumer<LoadResponse> taker) {
        byte[] request = (line + " HTTP/1.1\r\nHost: " + coordinator.getAuthority() + "\r\n" + rest)
                .getBytes(StandardCharsets.ISO_8859_1);
        connection.send(
                new ByteBuffer[] {ByteBuffer.wrap(request)},
                taker,
                failure -> loop.after(AFTER_FAILURE, () -> ask(connection, line, rest, taker)));
    }

    @Override
    public void close() throws IOException {
        loop.close();
    }

    private void turnUntil(BooleanSupplier done) throws IOException {
        while (!done.getAsBoolean()) {
            loop.turn(POLL_MILLIS);
        }
    }
}
