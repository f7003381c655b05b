package io.evenkeel.testkit.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A simulated device that computes nothing: it enrols, joins, waits for rounds, and sends its chain of
 * messages. Not thread-safe.
 */
final class LoadDevice {

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final int number;
    private final LoadFleet fleet;
    private final Connection connection;
    private String authorization = "";
    private boolean busy;
    private long sequence;
    private long head;
    private int answered = -1;

    // The last message sent; a repetition sends the same bytes.
    private int sentRound = -1;
    private long sentSequence;
    private long sentPrevious;
    private long sentAt;

    LoadDevice(int number, LoadFleet fleet, Connection connection) {
        this.number = number;
        this.fleet = fleet;
        this.connection = connection;
    }

    /** Returns the number of the device's accepted messages. */
    long sequence() {
        return sequence;
    }

    /** Returns whether the device is waiting for a response to a message. */
    boolean isBusy() {
        return busy;
    }

    /** Returns another connection to the device's coordinator. */
    Connection sibling(Selector selector) {
        return new Connection(selector, connection.server());
    }

    String authorization() {
        return authorization;
    }

    void enrol() {
        String body = "{\"token\":\"" + fleet.enrolmentToken() + "\",\"name\":\"load-" + number + "\"}";
        ask("POST", "/api/v1/enrolments", body, answer -> {
            if (answer.status() != 201) {
                again(answer, this::enrol);
                return;
            }
            authorization = "Authorization: Bearer " + answer.text("secret") + "\r\n";
            join();
        });
    }

    private void join() {
        ask("PUT", fleet.runPath() + "/members/me", "{\"weight\":1}", answer -> {
            if (answer.status() / 100 != 2) {
                again(answer, this::join);
                return;
            }
            fleet.joined();
        });
    }

    /** Waits for the next round with its own long poll, and sends a message for it. */
    void poll() {
        if (fleet.isOver()) {
            return;
        }
        ask("GET", fleet.runPath() + "/task?wait=30s&after=" + answered, "", answer -> {
            if (answer.status() == 200) {
                begin(answer);
            } else {
                fleet.loop().after(Duration.ofSeconds(answer.retryAfterSeconds()), this::poll);
            }
        });
    }

    /** Sends a message for the round of a task, unless the task is to stop. */
    private void begin(LoadResponse task) {
        if (task.text("state").equals("running")) {
            fleet.opened(task.number("round"));
            send(task.number("round"));
        }
    }

    /** Handles the task that follows a receipt. */
    private void goOn(LoadResponse next) {
        if (next.has("state")) {
            begin(next);
        } else {
            fleet.loop().after(Duration.ofSeconds(next.has("retryAfter") ? next.number("retryAfter") : 0), this::poll);
        }
    }

    /** Sends a message for a round unless the device has answered it or is busy. */
    void send(int round) {
        if (busy || round <= answered || fleet.isOver()) {
            return;
        }
        sentRound = round;
        sentSequence = sequence + 1;
        sentPrevious = head;
        sendAgain();
    }

    /** Sends a message for the round, or repeats the last one, if it is idle. */
    boolean fire(int round) {
        if (busy || (round <= answered && sentRound < 0)) {
            return false;
        }
        if (round > answered) {
            send(round);
        } else {
            sendAgain();
        }
        return true;
    }

    private void sendAgain() {
        busy = true;
        ByteBuffer frame = fleet.frames().get(number + sentSequence);
        int length = MessageHeader.BYTES + frame.remaining();
        byte[] start = ("PUT " + fleet.runPath() + "/rounds/" + sentRound + "/messages/me" + fleet.messageQuery()
                        + " HTTP/1.1\r\n" + connection.host()
                        + authorization + "Content-Type: application/vnd.evenkeel.message\r\nContent-Length: " + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer before =
                ByteBuffer.allocate(start.length + MessageHeader.BYTES).put(start);
        fleet.header().put(sentSequence, sentPrevious, before);
        sentAt = System.nanoTime();
        connection.send(new ByteBuffer[] {before.flip(), frame}, answer -> sent(answer, length), this::lost);
    }

    private void sent(LoadResponse answer, int length) {
        if (!busy) {
            // The receipt was handled with the first line.
            goOn(answer.secondLine());
            return;
        }
        busy = false;
        long took = System.nanoTime() - sentAt;
        int status = answer.status();
        String newHead = answer.text("head");
        if ((status == 201 || status == 200) && !newHead.isEmpty()) {
            head = Long.parseUnsignedLong(newHead, 16);
            sequence = sentSequence;
            answered = sentRound;
            fleet.accepted(took, length, status == 201);
            if (answer.isWhole()) {
                fleet.free(this);
            }
            return;
        }
        String type = answer.text("type");
        fleet.tally().refused(took, status + " " + type.substring(type.lastIndexOf(':') + 1));
        if (status == 429 || status == 503) {
            fleet.later(Duration.ofSeconds(answer.retryAfterSeconds()), this);
        } else {
            answered = Math.max(answered, sentRound);
            fleet.free(this);
        }
    }

    private void lost(IOException failure) {
        if (!busy) {
            fleet.loop().after(AFTER_FAILURE, this::poll);
            return;
        }
        busy = false;
        fleet.tally().refused(System.nanoTime() - sentAt, "no answer: " + failure.getMessage());
        fleet.later(AFTER_FAILURE, this);
    }

    /** Repeats a message that was temporarily refused. */
    void resume() {
        if (!busy && !fleet.isOver()) {
            sendAgain();
        }
    }

    private void again(LoadResponse answer, Runnable step) {
        if (answer.status() != 429 && answer.status() != 503) {
            fleet.fail("the coordinator refused device " + number + ": " + answer);
            return;
        }
        fleet.loop().after(Duration.ofSeconds(answer.retryAfterSeconds()), step);
    }

    private void ask(String method, String path, String body, Consumer<LoadResponse> taker) {
        byte[] request = (method + " " + path + " HTTP/1.1\r\n" + connection.host() + authorization
                        + (body.isEmpty()
                                ? ""
                                : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                        + "\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
        connection.send(
                new ByteBuffer[] {ByteBuffer.wrap(request)},
                taker,
                failure -> fleet.loop().after(AFTER_FAILURE, () -> ask(method, path, body, taker)));
    }
}
