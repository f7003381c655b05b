package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** All simulated devices, on one thread. Not thread-safe. */
final class LoadFleet implements AutoCloseable {

    /** The number of devices that join at the same time. Joins take the run's lock, so more would only wait. */
    private static final int ENROLLING_AT_ONCE = 16;

    private static final long MAX_POLL_MILLIS = 20;

    private final EventLoop loop;
    private final LoadSettings settings;
    private final Frames frames;
    private final MessageHeader header = new MessageHeader();
    private final String runPath;
    private final String enrolmentToken;
    private final List<LoadDevice> devices = new ArrayList<>();
    private Tally tally = new Tally();
    private int begun;
    private int joined;
    private int round = -1;
    private long lastAccepted;
    private boolean over;
    private @Nullable String failure;

    /**
     * @param coordinators the replicas' addresses
     * @param run the run's name
     * @param enrolmentToken a token for all devices
     */
    LoadFleet(LoadSettings settings, Frames frames, List<URI> coordinators, String run, String enrolmentToken)
            throws IOException {
        this.settings = settings;
        this.frames = frames;
        this.loop = new EventLoop();
        this.runPath = "/api/v1/runs/" + run;
        this.enrolmentToken = enrolmentToken;
        for (int i = 0; i < settings.devices(); i++) {
            URI coordinator = coordinators.get(i % coordinators.size());
            devices.add(new LoadDevice(i, this, new Connection(loop.selector(), coordinator)));
        }
    }

    /** Enrols and joins all devices, and reports the progress. */
    void enrol(IntConsumer progress) throws IOException {
        while (joined < devices.size()) {
            while (begun < devices.size() && begun - joined < ENROLLING_AT_ONCE) {
                devices.get(begun++).enrol();
            }
            turn(MAX_POLL_MILLIS);
            progress.accept(joined);
        }
    }

    /** Starts sending, after the run has been started. */
    void begin() {
        if (settings.ownPolls()) {
            devices.forEach(LoadDevice::poll);
        } else {
            watch(devices.get(0).sibling(loop.selector()));
        }
    }

    /** Waits for rounds with one long poll for all devices. */
    private void watch(Connection connection) {
        if (over) {
            return;
        }
        byte[] request = ("GET " + runPath + "/task?wait=30s&after=" + round + " HTTP/1.1\r\n" + connection.host()
                        + devices.get(0).authorization() + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        connection.send(
                new ByteBuffer[] {ByteBuffer.wrap(request)},
                answer -> {
                    if (answer.status() == 200 && answer.text("state").equals("running")) {
                        opened(answer.number("round"));
                        devices.forEach(this::free);
                    }
                    loop.after(Duration.ofSeconds(answer.retryAfterSeconds()), () -> watch(connection));
                },
                lost -> loop.after(Duration.ofSeconds(1), () -> watch(connection)));
    }

    /** Generates load until {@code enough} returns true. */
    void run(BooleanSupplier enough) throws IOException {
        long start = System.nanoTime();
        long fired = 0;
        int next = 0;
        while (!enough.getAsBoolean()) {
            turn(settings.rate() == null ? MAX_POLL_MILLIS : 1);
            if (settings.rate() != null && round >= 0) {
                long due = (long) ((System.nanoTime() - start) / 1e9 * settings.rate());
                for (int tried = 0; fired < due && tried < devices.size(); tried++) {
                    if (devices.get(next).fire(round)) {
                        fired++;
                    }
                    next = (next + 1) % devices.size();
                }
                // Messages for which no device was idle are not sent later.
                fired = due;
            }
        }
    }

    /** Stops sending, and waits for outstanding responses. */
    void end(Duration timeout) throws IOException {
        over = true;
        long start = System.nanoTime();
        while (devices.stream().anyMatch(LoadDevice::isBusy) && System.nanoTime() - start < timeout.toNanos()) {
            turn(MAX_POLL_MILLIS);
        }
    }

    private void turn(long mostMillis) throws IOException {
        loop.turn(mostMillis);
        if (failure != null) {
            throw new CommandFailure(failure);
        }
    }

    /** Returns the counts so far and resets them. */
    Tally startTally() {
        Tally before = tally;
        tally = new Tally();
        return before;
    }

    /** Returns the number of accepted messages since the start, from receipts. */
    long receipts() {
        return devices.stream().mapToLong(LoadDevice::sequence).sum();
    }

    int round() {
        return round;
    }

    Tally tally() {
        return tally;
    }

    void accepted(long nanos, int bytes, boolean isNew) {
        tally.accepted(nanos, bytes, isNew);
        if (isNew) {
            lastAccepted = System.nanoTime();
        }
    }

    void opened(int open) {
        if (open > round) {
            if (round >= 0 && lastAccepted > 0) {
                tally.closed(System.nanoTime() - lastAccepted);
            }
            round = open;
        }
    }

    /** Assigns a device its next work after a response. */
    void free(LoadDevice device) {
        if (settings.rate() == null) {
            if (settings.ownPolls()) {
                device.poll();
            } else {
                device.send(round);
            }
        }
    }

    /** Schedules a device's retry after its delay. */
    void later(Duration pause, LoadDevice device) {
        if (settings.rate() == null) {
            loop.after(pause, device::resume);
        }
    }

    void joined() {
        joined++;
    }

    void fail(String why) {
        failure = why;
    }

    boolean isOver() {
        return over;
    }

    EventLoop loop() {
        return loop;
    }

    Frames frames() {
        return frames;
    }

    MessageHeader header() {
        return header;
    }

    String runPath() {
        return runPath;
    }

    /** Returns the query that requests the next task together with a message, if each device has its own long poll. */
    String messageQuery() {
        return settings.ownPolls() && settings.rate() == null ? "?wait=30s" : "";
    }

    String enrolmentToken() {
        return enrolmentToken;
    }

    @Override
    public void close() throws IOException {
        loop.close();
    }
}
