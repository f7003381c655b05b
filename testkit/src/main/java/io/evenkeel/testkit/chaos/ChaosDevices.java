package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.device.ChaosDevice;
import io.evenkeel.testkit.chaos.device.Crashes;
import io.evenkeel.testkit.chaos.device.DeviceEnvironment;
import io.evenkeel.testkit.chaos.device.ProcessDevice;
import io.evenkeel.testkit.chaos.device.ThreadDevice;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.terminal.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The devices of a level: those that join before the run starts, all but one of which are threads, and those
 * that join later. For one use.
 */
final class ChaosDevices implements AutoCloseable {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final ChaosSettings settings;
    private final KillPlan plan;
    private final IntFunction<DeviceEnvironment> environments;
    private final Supplier<OperatorApi> operator;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<ChaosDevice> devices = new ArrayList<>();
    private final List<Crashes> crashes = new ArrayList<>();
    private final List<Change> joins = new ArrayList<>();
    private final List<CompletableFuture<Void>> lives = new ArrayList<>();
    private final Deque<Change> joiners;

    /**
     * Prepares the devices.
     *
     * @param environments returns a device's environment by its number
     * @param operator returns the API of a running coordinator
     */
    ChaosDevices(
            ChaosSettings settings,
            KillPlan plan,
            IntFunction<DeviceEnvironment> environments,
            Supplier<OperatorApi> operator) {
        this.settings = settings;
        this.plan = plan;
        this.environments = environments;
        this.operator = operator;
        this.joiners = plan.changes().stream()
                .filter(change -> change.kind() == Change.Kind.JOIN)
                .collect(Collectors.toCollection(ArrayDeque::new));
    }

    /**
     * Makes a number of devices join sequentially, since their order matters.
     *
     * @return the last one, which is a process with its output in {@code log}
     */
    ProcessDevice join(int count, JavaLaunch process, Path log) {
        for (int device = 0; device < count - 1; device++) {
            begin(threadDevice(device));
            awaitMembers(device + 1);
        }
        ProcessDevice last = new ProcessDevice(process, log, environments.apply(count - 1));
        begin(last);
        awaitMembers(count);
        return last;
    }

    private ThreadDevice threadDevice(int device) {
        List<Change> changes = plan.changes().stream()
                .filter(change -> change.device() == device && change.kind() != Change.Kind.JOIN)
                .toList();
        boolean isNew = device >= settings.devices();
        Crashes fate = new Crashes(isNew ? List.of() : plan.crashes().get(device), changes);
        crashes.add(fate);
        return new ThreadDevice(environments.apply(device), fate, operator.get());
    }

    private void begin(ChaosDevice device) {
        devices.add(device);
        lives.add(CompletableFuture.runAsync(
                () -> {
                    try {
                        device.live();
                    } catch (Exception e) {
                        throw new CommandFailure("a device cannot continue: " + e, e);
                    }
                },
                threads));
    }

    /** Waits until the run has a number of members. */
    void awaitMembers(int count) {
        while (operator.get().status(ChaosSettings.RUN).members() < count) {
            lives.stream().filter(CompletableFuture::isDone).forEach(CompletableFuture::join);
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    /** Starts the devices that join up to a round. */
    void admit(int round) {
        while (!joiners.isEmpty() && round >= joiners.peek().round()) {
            Change change = joiners.remove();
            joins.add(change);
            begin(threadDevice(change.device()));
        }
    }

    /** Returns a future for each device, which completes when the device has finished. */
    List<CompletableFuture<Void>> lives() {
        return List.copyOf(lives);
    }

    /** Returns the numbers of the devices that joined after the run's start, in ascending order. */
    List<Integer> joined() {
        return joins.stream().map(Change::device).sorted().toList();
    }

    /** Returns the number of crashes of devices at each point. */
    Map<CrashPoint, Integer> crashed() {
        Map<CrashPoint, Integer> all = new EnumMap<>(CrashPoint.class);
        for (Crashes of : crashes) {
            of.done().forEach((point, count) -> all.merge(point, count, Integer::sum));
        }
        return all;
    }

    /** Returns the changes of memberships that were made. */
    List<Change> changed() {
        List<Change> all = new ArrayList<>(joins);
        crashes.forEach(of -> all.addAll(of.changed()));
        return all;
    }

    /** Returns the recoveries from encrypted copies. */
    List<DiskRecovery> recovered() {
        return settings.secure()
                ? crashes.stream().flatMap(of -> of.recoveries().stream()).toList()
                : List.of();
    }

    @Override
    public void close() {
        devices.forEach(ChaosDevice::end);
        threads.shutdownNow();
    }
}
