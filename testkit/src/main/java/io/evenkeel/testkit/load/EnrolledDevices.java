package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/** Many simulated devices that share a few connections and compute nothing. Not thread-safe. */
final class EnrolledDevices implements AutoCloseable {

    private final ConnectionPool pool;
    private final MessageHeader header = new MessageHeader();
    private final String[] secrets;
    private final long[] sequences;
    private final long[] heads;
    private int enrolled;
    private int turn;
    private long failures;
    private long requests;
    private long bytesUp;
    private long bytesDown;

    EnrolledDevices(URI coordinator, int count, int connections) throws IOException {
        this.pool = new ConnectionPool(coordinator, connections);
        this.secrets = new String[count];
        this.sequences = new long[count];
        this.heads = new long[count];
    }

    int count() {
        return secrets.length;
    }

    /** Enrols all devices. */
    void enrol(String token, IntConsumer progress) throws IOException {
        enrolled = 0;
        pool.each(upTo(count()), (connection, device, done) -> {
            String body = "{\"token\":\"" + token + "\",\"name\":\"load-" + device + "\"}";
            pool.post(connection, "POST /api/v1/enrolments", "", body, answer -> {
                require(answer, 201, "enrol device " + device);
                secrets[device] = answer.text("secret");
                progress.accept(++enrolled);
                done.run();
            });
        });
    }

    /** Makes all devices join a run. */
    void join(String run, IntConsumer progress) throws IOException {
        enrolled = 0;
        pool.each(upTo(count()), (connection, device, done) -> {
            String line = "PUT /api/v1/runs/" + run + "/members/me";
            pool.post(connection, line, authorization(device), "{\"weight\":1}", answer -> {
                require(answer, 201, "let device " + device + " join");
                progress.accept(++enrolled);
                done.run();
            });
        });
    }

    /**
     * Makes the next devices, in turn, take part in a round: each fetches its task and the model, and sends a message.
     *
     * @param after the number of the last round, -1 before the first
     * @return the round's number
     */
    int takePart(String run, int participants, int after, Frames frames) throws IOException {
        String path = "/api/v1/runs/" + run;
        int first = turn;
        turn = (turn + participants) % count();
        int[] round = {after};
        IntSupplier places = upTo(participants);
        IntSupplier next = () -> {
            int place = places.getAsInt();
            return place == ConnectionPool.END ? place : (first + place) % count();
        };
        pool.each(
                next,
                (connection, device, done) ->
                        pool.get(connection, path + "/task?wait=30s&after=" + after, authorization(device), task -> {
                            require(task, 200, "give device " + device + " a task");
                            count(task);
                            round[0] = task.number("round");
                            String model = path + "/rounds/" + round[0] + "/model?dtype=float32";
                            String accept = authorization(device) + "Accept: application/octet-stream\r\n";
                            pool.get(connection, model, accept, answer -> {
                                require(answer, 200, "give device " + device + " the model");
                                count(answer);
                                send(connection, path + "/rounds/" + round[0], device, frames, done);
                            });
                        }));
        return round[0];
    }

    private void send(Connection connection, String round, int device, Frames frames, Runnable done) {
        ByteBuffer frame = frames.get(device + sequences[device]);
        ByteBuffer message = ByteBuffer.allocate(MessageHeader.BYTES + frame.remaining());
        header.put(sequences[device] + 1, heads[device], message);
        message.put(frame).flip();
        String headers = authorization(device) + "Content-Type: application/vnd.evenkeel.message\r\nContent-Length: "
                + message.remaining() + "\r\n";
        int length = message.remaining();
        pool.ask(connection, "PUT " + round + "/messages/me", headers, message, answer -> {
            if (answer.status() != 201 && answer.status() != 200) {
                throw new CommandFailure("the coordinator refused a message: " + answer);
            }
            count(answer);
            bytesUp += length;
            sequences[device]++;
            heads[device] = Long.parseUnsignedLong(answer.text("head"), 16);
            done.run();
        });
    }

    /** Waits with the long poll of the next device until a round after {@code round} is open. */
    void awaitRound(String run, int round) throws IOException {
        String path = "/api/v1/runs/" + run + "/task?wait=30s&after=" + round;
        boolean[] open = {false};
        while (!open[0]) {
            pool.each(
                    upTo(1),
                    (connection, device, done) -> pool.get(connection, path, authorization(turn), answer -> {
                        open[0] = answer.status() == 200;
                        done.run();
                    }));
        }
    }

    /** Makes devices check in for a time; returns the duration of each request in nanoseconds. */
    List<Long> checkIn(Duration duration) throws IOException {
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        IntSupplier next =
                () -> System.nanoTime() - start >= duration.toNanos() ? ConnectionPool.END : turn++ % count();
        pool.each(next, (connection, device, done) -> {
            long sent = System.nanoTime();
            pool.getOnce(connection, "/api/v1/work?limit=1", authorization(device), answer -> {
                nanos.add(System.nanoTime() - sent);
                failures += answer.status() == 200 ? 0 : 1;
                done.run();
            });
        });
        return nanos;
    }

    private static IntSupplier upTo(int count) {
        int[] next = {0};
        return () -> next[0] < count ? next[0]++ : ConnectionPool.END;
    }

    private String authorization(int device) {
        return "Authorization: Bearer " + secrets[device] + "\r\n";
    }

    private static void require(LoadResponse answer, int status, String what) {
        if (answer.status() != status) {
            throw new CommandFailure("the coordinator did not " + what + ": " + answer);
        }
    }

    private void count(LoadResponse answer) {
        requests++;
        bytesDown += answer.bodyBytes();
    }

    /** Returns the number of failed check-ins. */
    long failures() {
        return failures;
    }

    /** Returns the number of requests for rounds so far. */
    long requests() {
        return requests;
    }

    /** Returns the bytes of messages so far. */
    long bytesUp() {
        return bytesUp;
    }

    /** Returns the bytes of responses' bodies for rounds so far. */
    long bytesDown() {
        return bytesDown;
    }

    @Override
    public void close() throws IOException {
        pool.close();
    }
}
