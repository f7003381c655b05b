package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.client.SavedDevice;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.testkit.chaos.proxy.Faults;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * Runs one chaos test of roll-outs: several consecutive roll-outs, while coordinators and devices are killed. For one
 * use.
 */
final class RolloutChaos {

    private static final Duration STANDSTILL = Duration.ofMinutes(10);
    private static final Duration HELD_UP = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final int MAX_ENROLMENTS = 1000;
    private static final int KILLED_ONE_IN = 30;
    private static final List<String> QUICK =
            Stream.concat(JavaLaunch.QUICK.stream(), Stream.of("-Xmx384m")).toList();

    private final RolloutChaosSettings settings;
    private final Path folder;
    private final ChaosDeployment deployment;
    private final IntConsumer progress;
    private final RolloutRecorder recorder = new RolloutRecorder();
    private final List<FollowingDevice> devices = new ArrayList<>();
    private final List<CompletableFuture<Void>> parts = new ArrayList<>();
    private final List<RolloutEvidence> rollouts = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * @param folder an empty folder for data, devices' states and logs
     * @param deployment the coordinators
     * @param progress receives the number of roll-outs that are over
     */
    RolloutChaos(RolloutChaosSettings settings, Path folder, ChaosDeployment deployment, IntConsumer progress) {
        this.settings = settings;
        this.folder = folder;
        this.deployment = deployment;
        this.progress = progress;
    }

    /**
     * Runs to the end and checks the result.
     *
     * @throws CommandFailure if a roll-out does not end, or a device does not get its version
     */
    RolloutChaosOutcome run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Files.createDirectories(folder);
        try (Coordinators all = new Coordinators(CoordinatorJar.quick(QUICK), folder, deployment);
                FaultyProxy proxy = FaultyProxy.open(all.ports(), recorder, HELD_UP)) {
            all.start();
            RolloutOperator operator = new RolloutOperator(all.all(), recorder);
            publish(operator);
            String token = all.any().operator().createEnrolmentToken(MAX_ENROLMENTS, "chaos");
            begin(proxy, token);
            awaitDevices(1, Instant.EPOCH);
            devices.forEach(FollowingDevice::openLottery);
            RolloutKiller killer = new RolloutKiller(
                    RolloutKill.draw(settings, deployment.restart() != null), all, deployment.restart(), recorder);
            parts.add(CompletableFuture.runAsync(killer, threads));
            proxy.inflict(Faults.ofRequests(settings.seed(), settings.faults()));
            for (int i = 0; i < settings.rollouts(); i++) {
                rollOut(operator, killer, i);
                progress.accept(i + 1);
            }
            requireOnly(operator.list());
            recorder.close();
            devices.forEach(FollowingDevice::end);
            CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).join();
            // A request in progress when a roll-out ended may still have received its version, and is listed only now.
            rollouts.replaceAll(rollout -> RolloutObserver.lookAgain(rollout, operator));
            judge();
            return outcome(killer, proxy, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            devices.forEach(FollowingDevice::end);
            threads.shutdownNow();
        }
    }

    private void publish(RolloutOperator operator) {
        operator.publish(1, RolloutScenario.ACCURACY_BEFORE);
        for (int i = 0; i < settings.rollouts(); i++) {
            operator.publish(
                    RolloutChaosSettings.version(i), RolloutScenario.at(i).accuracy());
        }
        operator.promote(1);
    }

    private void begin(FaultyProxy proxy, String token) {
        for (int i = 0; i < settings.devices(); i++) {
            CrashLottery lottery = new CrashLottery(SplitMix64.derive(settings.seed(), 2 + i), KILLED_ONE_IN);
            FollowingDevice device =
                    new FollowingDevice(i, proxy.address(), token, folder.resolve("device-" + i), lottery);
            devices.add(device);
            parts.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            device.live();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    threads));
        }
    }

    private void rollOut(RolloutOperator operator, RolloutKiller killer, int number) {
        recorder.begin(number);
        RolloutEvidence rollout = new RolloutObserver(settings, operator, number, this::requireAlive).run();
        rollouts.add(rollout);
        recorder.ended();
        awaitUntil(() -> killer.hasDone(number), "a planned kill did not happen");
        // After the kills, devices must still get the version that follows from the roll-out's end.
        awaitDevices(rollout.hasFinished() ? rollout.version() : rollout.baseline(), Instant.now());
    }

    private void awaitDevices(int version, Instant since) {
        for (int i = 0; i < devices.size(); i++) {
            FollowingDevice device = devices.get(i);
            awaitUntil(
                    () -> {
                        FollowingDevice.Look look = device.look();
                        return look != null && look.from().isAfter(since) && look.version() == version;
                    },
                    "device " + i + " did not get version " + version);
        }
    }

    private void awaitUntil(BooleanSupplier holds, String otherwise) {
        long begin = System.nanoTime();
        while (!holds.getAsBoolean()) {
            requireAlive();
            if (System.nanoTime() - begin > STANDSTILL.toNanos()) {
                throw new CommandFailure(otherwise);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private void requireAlive() {
        parts.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(part -> {
            try {
                part.join();
            } catch (CompletionException e) {
                throw new CommandFailure("a device or the killer cannot continue: " + e.getCause(), e);
            }
        });
    }

    private void requireOnly(List<String> ids) {
        List<String> created = rollouts.stream().map(RolloutEvidence::id).toList();
        if (ids.size() != created.size() || !ids.containsAll(created)) {
            violations.add("the coordinator has the roll-outs " + ids + ", expected " + created);
        }
    }

    private void judge() {
        Map<String, String> clients = new HashMap<>();
        for (FollowingDevice device : devices) {
            SavedDevice identity = device.identity();
            clients.put("Bearer " + identity.secret(), identity.client());
            violations.addAll(device.violations());
        }
        violations.addAll(RolloutChecker.judge(rollouts, recorder.exchanges(), clients));
    }

    private RolloutChaosOutcome outcome(RolloutKiller killer, FaultyProxy proxy, Duration took) {
        Map<RolloutScenario, Integer> ends = new EnumMap<>(RolloutScenario.class);
        rollouts.forEach(rollout -> ends.merge(rollout.scenario(), 1, Integer::sum));
        Map<CrashLottery.Step, Integer> deviceKills = new EnumMap<>(CrashLottery.Step.class);
        devices.forEach(
                device -> device.kills().forEach((step, count) -> deviceKills.merge(step, count, Integer::sum)));
        List<RolloutExchange> exchanges = recorder.exchanges();
        int reports = (int) exchanges.stream().filter(RolloutExchange::isReport).count();
        int answers = (int) exchanges.stream()
                .filter(exchange -> !exchange.isReport() && exchange.isAccepted())
                .count();
        return new RolloutChaosOutcome(
                ends, killer.done(), deviceKills, proxy.counts(), answers, reports, took, List.copyOf(violations));
    }
}
