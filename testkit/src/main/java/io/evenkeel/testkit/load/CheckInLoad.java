package io.evenkeel.testkit.load;

import io.evenkeel.tools.OperatorApi;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Enrols devices and makes them check in over a few connections, each as soon as the previous one has been
 * answered. No device joins the run that it is offered, so each check-in finds work. Not thread-safe.
 */
final class CheckInLoad implements AutoCloseable {

    private final URI coordinator;
    private final EnrolledDevices devices;

    CheckInLoad(URI coordinator, int devices, int width) throws IOException {
        this.coordinator = coordinator;
        this.devices = new EnrolledDevices(coordinator, devices, width);
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
        devices.enrol(operator.createEnrolmentToken(devices.count(), run), enrolled -> {});
    }

    /** Runs check-ins of devices for a time; returns the duration of each request in nanoseconds. */
    List<Long> run(Duration duration) throws IOException {
        return devices.checkIn(duration);
    }

    /** Returns the number of failed check-ins. */
    long failures() {
        return devices.failures();
    }

    @Override
    public void close() throws IOException {
        devices.close();
    }
}
