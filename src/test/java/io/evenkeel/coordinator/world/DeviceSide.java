package io.evenkeel.coordinator.world;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a world's devices and the network between them and the coordinators, including faults. Not thread-safe. */
final class DeviceSide {

    /** The time for which a device waits for a response. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int NOTHING = 204;

    private final WorldRun run;
    private final CoordinatorSide coordinators;
    private final Timeline time;
    private final WorldFaults faults;
    private final List<Device> devices = new ArrayList<>();
    private final Acceptances acceptances;
    private final Memberships memberships;
    private final StoredRun stored;

    DeviceSide(
            WorldRun run,
            CoordinatorSide coordinators,
            Timeline time,
            WorldFaults faults,
            Acceptances acceptances,
            Memberships memberships,
            StoredRun stored) {
        this.run = run;
        this.coordinators = coordinators;
        this.time = time;
        this.faults = faults;
        this.acceptances = acceptances;
        this.memberships = memberships;
        this.stored = stored;
    }

    /** A device: its state, which survives power failures, and its current process. */
    private static final class Device {

        private final int place;
        private final String client;
        private final String secret;
        private final DeviceDisk disk = new DeviceDisk();
        private @Nullable DeviceProcess process;
        private double weight = 1;
        private final Set<Double> asked = new HashSet<>(Set.of(1.0));
        private int recoveries;
        private boolean isLeaving;
        private boolean mayHaveLeft;
        private boolean isDone;

        Device(int place, SplittableRandom random) {
            this.place = place;
            this.client = "%012d".formatted(random.nextLong(1_000_000_000_000L));
            this.secret = Credential.newDeviceToken(client);
        }

        @Override
        public String toString() {
            return "device " + place;
        }
    }

    /** Enrols the devices, which join in order, so that their ordinals are their indices. */
    void join() {
        for (int i = 0; i < run.devices(); i++) {
            Device device = new Device(i, time.random());
            devices.add(device);
            WorldCoordinator coordinator = coordinators.living();
            Scene.enrol(coordinator.jdbc(), device.client, device.secret);
            CoordinatorSide.require(
                    new Http(coordinator.endpoint(), device.secret)
                            .putJson("/runs/" + run.name() + "/members/me", "{\"weight\":1}"),
                    201);
            memberships.note(i, i, 0, -1, 1);
        }
    }

    void begin() {
        devices.forEach(device -> time.within(10, () -> boot(device)));
    }

    /** Returns whether every device has finished its training. */
    boolean isDone() {
        return devices.stream().allMatch(device -> device.isDone);
    }

    /** Returns whether no device has finished its training. */
    boolean isNoneDone() {
        return devices.stream().noneMatch(device -> device.isDone);
    }

    private void boot(Device device) {
        device.disk.powerOn();
        if (faults.happens(WorldFaults.Kind.DISK_LOST)) {
            time.say(device + " has lost its disk");
            device.disk.erase();
        }
        if (faults.happens(WorldFaults.Kind.POWER_LOSS_AT_CHANGE)) {
            int change = 1 + time.random().nextInt(30);
            boolean stored = time.random().nextBoolean();
            time.say(device + " is to lose power " + (stored ? "after" : "before") + " its change " + change);
            device.disk.failAt(change, stored);
        }
        if (faults.happens(WorldFaults.Kind.WEIGHT_CHANGED)) {
            device.weight = time.random().nextInt(1, 5) / 2.0;
            device.asked.add(device.weight);
            time.say(device + " has the weight " + device.weight);
        }
        // Device 0 always stays, so that S keeps a positive weight.
        boolean leaves = device.place > 0 && faults.happens(WorldFaults.Kind.DEVICE_LEAVES);
        if (leaves) {
            time.say(device + " is to leave");
        }
        DeviceProcess process = new DeviceProcess(
                device.toString(),
                run.name(),
                device.client,
                device.secret,
                device.disk,
                time::now,
                time.random().split(),
                device.weight,
                leaves
                        ? EvenkeelClient::leave
                        : client -> client.train(GradientFunction.onSample(
                                round -> device,
                                (model, all) -> Gradient.of(TestDevice.gradient(model.toDoubles(), all.place)))),
                new ClientListener() {
                    @Override
                    public void recovered(long sequence) {
                        device.recoveries++;
                        time.say(device + " has recovered its state after message " + sequence);
                    }
                });
        device.process = process;
        device.isLeaving = leaves;
        device.mayHaveLeft |= leaves;
        after(device, process, process.begin());
    }

    private void after(Device device, DeviceProcess process, DeviceProcess.Step step) {
        if (step instanceof DeviceProcess.End end) {
            end(device, end.failure());
            return;
        }
        if (faults.happens(WorldFaults.Kind.POWER_LOSS_WHILE_WAITING)) {
            time.within(5, () -> {
                if (device.process == process) {
                    process.kill();
                    end(device, new PowerLoss());
                }
            });
        }
        if (step instanceof DeviceProcess.Sleep sleep) {
            time.after(sleep.duration(), () -> goOn(device, process, DeviceProcess::wake));
        } else if (step instanceof DeviceProcess.Send send) {
            send(device, process, send.request());
        }
    }

    private void end(Device device, @Nullable Throwable failure) {
        device.process = null;
        if (failure == null && device.isLeaving) {
            time.say(device + " has left");
            time.within(60, () -> boot(device));
        } else if (failure == null) {
            time.say(device + " has finished");
            device.isDone = true;
        } else if (failure instanceof PowerLoss || failure instanceof DeadlineException) {
            time.say(device + " stops: " + failure.getMessage());
            time.within(60, () -> boot(device));
        } else if (device.mayHaveLeft && failure instanceof CoordinatorException refusal) {
            comeBack(device, refusal);
        } else {
            throw stuck(device, failure);
        }
    }

    private void comeBack(Device device, CoordinatorException refusal) {
        if (refusal.problem().type() == ProblemType.WRONG_STATE) {
            time.say(device + " comes back too late");
            device.isDone = true;
        } else if (refusal.problem().type() == ProblemType.MEMBER_NOT_FOUND) {
            // The device's request to leave arrived after the device had lost power and joined again.
            time.say(device + " is no member");
            time.within(60, () -> boot(device));
        } else {
            throw stuck(device, refusal);
        }
    }

    private static AssertionError stuck(Device device, Throwable failure) {
        return new AssertionError(device + " cannot continue: " + failure.getMessage(), failure);
    }

    /** Continues a device's process, if it is still the same one. */
    private void goOn(Device device, DeviceProcess process, Function<DeviceProcess, DeviceProcess.Step> action) {
        if (device.process == process) {
            after(device, process, action.apply(process));
        }
    }

    private void send(Device device, DeviceProcess process, Request request) {
        int recoveries = device.recoveries;
        Runnable breaks = () -> goOn(device, process, DeviceProcess::disconnect);
        if (faults.happens(WorldFaults.Kind.REQUEST_LOST)) {
            time.say("lost on the way: " + name(device, request));
            time.within(PATIENCE, breaks);
            return;
        }
        if (faults.happens(WorldFaults.Kind.REQUEST_DOUBLED)) {
            time.within(200, () -> arrive(device, recoveries, request, "late: "));
        }
        if (faults.happens(WorldFaults.Kind.REQUEST_DELAYED)) {
            time.within(200, () -> arrive(device, recoveries, request, "late: "));
            time.after(PATIENCE, breaks);
            return;
        }
        time.within(0.5, () -> {
            Optional<Response> response = arrive(device, recoveries, request, "");
            if (response.isEmpty() || faults.happens(WorldFaults.Kind.RESPONSE_LOST)) {
                response.ifPresent(lost -> time.say("its response is lost"));
                time.within(PATIENCE, breaks);
            } else {
                // The coordinator would have sent the response to a device without work only after a wait.
                time.within(
                        response.get().status() == NOTHING ? 8 : 0.5,
                        () -> goOn(device, process, living -> living.receive(response.get())));
            }
        });
    }

    private Optional<Response> arrive(Device device, int recoveries, Request request, String how) {
        String name = name(device, request);
        Optional<Response> response = coordinators.answer(request, name);
        time.say(how + name + " -> " + response.map(DeviceSide::text).orElse("no answer"));
        if (isJoining(request)) {
            note(device);
        }
        byte[] body = request.body();
        if (body != null && Acceptances.isMessage(request)) {
            // The coordinator may have accepted a message whose receipt is lost and which the sender never repeats.
            stored.message(body)
                    .ifPresent(found -> acceptances.note(found.ordinal(), recoveries, request, found.includedIn()));
            if (response.isPresent() && response.get().isSuccess()) {
                acceptances.check(request, response.get());
            }
        }
        return response;
    }

    private static boolean isJoining(Request request) {
        return request.method().equals("PUT") && request.uri().getPath().endsWith("/members/me");
    }

    /** Records a device's membership. */
    private void note(Device device) {
        stored.planned(device.client).ifPresent(planned -> {
            if (!device.asked.contains(planned.weight())) {
                throw new AssertionError(device + " has the weight " + planned.weight() + " after round "
                        + planned.round() + ", and asked for " + device.asked);
            }
            memberships.note(planned.ordinal(), device.place, device.recoveries, planned.round(), planned.weight());
        });
    }

    private String name(Device device, Request request) {
        return device + " " + request.toString().replace("http://coordinator/api/v1/runs/" + run.name(), "");
    }

    private static String text(Response response) {
        String body = response.isJson() ? new String(response.body(), StandardCharsets.UTF_8) : "";
        return response.status() + (body.length() < 600 ? " " + body : "");
    }
}
