package io.evenkeel.testkit.load;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A few connections on one thread, over which many devices send their requests in turn, as fast as the coordinator
 * answers. Not thread-safe.
 */
final class ConnectionPool implements AutoCloseable {

    /** Signals to {@link #each} that no device is left. */
    static final int END = -1;

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 20;

    private final EventLoop loop = new EventLoop();
    private final List<Connection> connections = new ArrayList<>();
    private int working;

    /** The job of one device on a connection. */
    @FunctionalInterface
    interface Job {

        /**
         * Starts the device's requests.
         *
         * @param done to be called after the last response
         */
        void begin(Connection connection, int device, Runnable done);
    }

    ConnectionPool(URI coordinator, int width) throws IOException {
        for (int i = 0; i < width; i++) {
            connections.add(new Connection(loop.selector(), coordinator));
        }
    }

    /**
     * Runs a job for each device, one on each connection at a time, until {@code next} returns {@link #END}; returns
     * after the last one.
     */
    void each(IntSupplier next, Job job) throws IOException {
        working = connections.size();
        connections.forEach(connection -> step(connection, next, job));
        while (working > 0) {
            loop.turn(POLL_MILLIS);
        }
    }

    private void step(Connection connection, IntSupplier next, Job job) {
        int device = next.getAsInt();
        if (device == END) {
            working--;
        } else {
            job.begin(connection, device, () -> step(connection, next, job));
        }
    }

    /** Sends a request with a JSON body; retries after a while if the connection is lost. */
    void post(Connection connection, String line, String headers, String json, Consumer<LoadResponse> taker) {
        ask(
                connection,
                line,
                headers + "Content-Type: application/json\r\nContent-Length: " + json.length() + "\r\n",
                ByteBuffer.wrap(json.getBytes(StandardCharsets.ISO_8859_1)),
                taker);
    }

    /** Sends a request without a body; retries after a while if the connection is lost. */
    void get(Connection connection, String path, String headers, Consumer<LoadResponse> taker) {
        ask(connection, "GET " + path, headers, ByteBuffer.allocate(0), taker);
    }

    /** Sends a request without a body; retries after a while only if the connection is lost. */
    void getOnce(Connection connection, String path, String headers, Consumer<LoadResponse> taker) {
        send(connection, "GET " + path, headers, ByteBuffer.allocate(0), false, taker);
    }

    /** Sends a request; retries after a while if the connection is lost or the coordinator asks for it. */
    void ask(Connection connection, String line, String headers, ByteBuffer body, Consumer<LoadResponse> taker) {
        send(connection, line, headers, body, true, taker);
    }

    private void send(
            Connection connection,
            String line,
            String headers,
            ByteBuffer body,
            boolean obeysRetryAfter,
            Consumer<LoadResponse> taker) {
        byte[] head =
                (line + " HTTP/1.1\r\n" + connection.host() + headers + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        Runnable again = () -> send(connection, line, headers, body, obeysRetryAfter, taker);
        connection.send(
                new ByteBuffer[] {ByteBuffer.wrap(head), body.duplicate()},
                answer -> {
                    if (!answer.isWhole()) {
                        // The whole response follows.
                        return;
                    }
                    if (obeysRetryAfter && (answer.status() == 429 || answer.status() == 503)) {
                        loop.after(Duration.ofSeconds(answer.retryAfterSeconds()), again);
                    } else {
                        taker.accept(answer);
                    }
                },
                failure -> loop.after(AFTER_FAILURE, again));
    }

    @Override
    public void close() throws IOException {
        loop.close();
    }
}
