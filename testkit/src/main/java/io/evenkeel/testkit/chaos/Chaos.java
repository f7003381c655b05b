package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.process.CoordinatorJar;
import io.evenkeel.operator.process.JavaLaunch;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.testkit.chaos.device.ChaosDevice;
import io.evenkeel.testkit.chaos.device.Crashes;
import io.evenkeel.testkit.chaos.device.DeviceCommand;
import io.evenkeel.testkit.chaos.device.DeviceEnvironment;
import io.evenkeel.testkit.chaos.device.ProcessDevice;
import io.evenkeel.testkit.chaos.device.ThreadDevice;
import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.testkit.chaos.proxy.Faults;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosRun;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.testkit.chaos.verdict.Checker;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs one chaos test. For one use. */
final class Chaos {

    private static final Duration STANDSTILL = Duration.ofMinutes(4);
    private static final Duration HELD_UP = Duration.ofSeconds(20);
    /** Far more than the number of devices: an enrolment whose response is lost may use another one. */
    private static final int MAX_ENROLMENTS = 1000;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private static final List<String> QUICK =
            Stream.concat(JavaLaunch.QUICK.stream(), Stream.of("-Xmx384m")).toList();

    private final ChaosSettings settings;
    private final Path folder;
    private final ChaosDeployment deployment;
    private final IntConsumer progress;
    private final StoreTroubles troubles;
    private final TrafficRecorder recorder = new TrafficRecorder();
    private final CohortRecorder cohorts = new CohortRecorder();
    private final List<ChaosDevice> devices = new ArrayList<>();
    private final List<Crashes> crashes = new ArrayList<>();
    private final List<Change> joins = new ArrayList<>();
    private final List<CompletableFuture<Void>> lives = new ArrayList<>();
    private volatile @Nullable Coordinators coordinators;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ChaosRun run;

    /**
     * @param folder an empty folder for data, devices' states and logs
     * @param deployment the coordinators
     * @param progress receives the number of accepted messages repeatedly
     */
    Chaos(ChaosSettings settings, Path folder, ChaosDeployment deployment, IntConsumer progress) {
        this.settings = settings;
        this.folder = folder;
        this.run = new ChaosRun(settings, folder);
        this.deployment = deployment;
        this.progress = progress;
        this.troubles = new StoreTroubles(deployment.store(), settings.messages());
    }

    /** Returns how often the first coordinator was started so far. */
    int starts() {
        Coordinators all = coordinators;
        return all == null ? 0 : all.any().starts();
    }

    /** Returns how many requests were answered 503 so far. */
    int unavailable() {
        return recorder.unavailable();
    }

    /**
     * Runs to the end and checks the result.
     *
     * @throws CommandFailure if the run does not end by itself
     */
    ChaosOutcome run() throws IOException, InterruptedException {
        return run(KillPlan.draw(settings, deployment));
    }

    ChaosOutcome run(KillPlan plan) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Files.createDirectories(folder);
        Coordinators all = new Coordinators(CoordinatorJar.quick(QUICK), folder, deployment);
        coordinators = all;
        try (all;
                FaultyProxy proxy = FaultyProxy.open(all.ports(), TrafficListener.both(recorder, cohorts), HELD_UP)) {
            all.start();
            OperatorApi operator = all.any().operator();
            String token = operator.createEnrolmentToken(MAX_ENROLMENTS, "chaos");
            ProcessDevice last = join(operator, proxy, token, plan);
            Killer killer = new Killer(plan.kills(), all, deployment, last, proxy, recorder, cohorts, STANDSTILL);
            proxy.inflict(Faults.seeded(settings.seed(), settings.faults()));
            operator.start(ChaosSettings.RUN);
            CompletableFuture<Void> killing = CompletableFuture.runAsync(killer, threads);
            awaitEnd(killing, joiners(plan), change -> {
                joins.add(change);
                var unused = begin(threadDevice(operator, proxy, token, change.device(), plan));
            });
            troubles.end();
            proxy.inflict(request -> Fault.NONE);
            proxy.releaseHeldBack();
            Evidence evidence = new EvidenceCollector(settings, all.any(), recorder, cohorts)
                    .gather(folders(devices.size()), changed(), recovered(), folder.resolve("export.evenkeel"));
            return new ChaosOutcome(
                    killer.done(),
                    crashed(),
                    changesByKind(),
                    evidence.recoveries(),
                    proxy.counts(),
                    deployment.store() == null ? Map.of() : deployment.store().counts(),
                    killer.recoveries(),
                    evidence.receipts().size(),
                    recorder.refusals(),
                    Duration.ofNanos(System.nanoTime() - start),
                    Checker.judge(settings, evidence));
        } finally {
            devices.forEach(ChaosDevice::end);
            threads.shutdownNow();
        }
    }

    /** Creates the run, and joins the devices one after the other, since their order matters. */
    private ProcessDevice join(OperatorApi operator, FaultyProxy proxy, String token, KillPlan plan) {
        operator.createRun(run.definition());
        for (int device = 0; device < settings.devices() - 1; device++) {
            awaitJoined(operator, begin(threadDevice(operator, proxy, token, device, plan)));
        }
        ProcessDevice last = new ProcessDevice(
                JavaLaunch.ofClass(DeviceCommand.class, QUICK),
                folder.resolve("device.log"),
                environment(proxy, token, settings.devices() - 1));
        awaitJoined(operator, begin(last));
        return last;
    }

    private DeviceEnvironment environment(FaultyProxy proxy, String token, int device) {
        return new DeviceEnvironment(
                proxy.address(), token, folderOf(device), device, settings.dimension(), run.identity(device));
    }

    private ThreadDevice threadDevice(
            OperatorApi operator, FaultyProxy proxy, String token, int device, KillPlan plan) {
        List<Change> changes = plan.changes().stream()
                .filter(change -> change.device() == device && change.kind() != Change.Kind.JOIN)
                .toList();
        boolean isNew = device >= settings.devices();
        Crashes fate = new Crashes(isNew ? List.of() : plan.crashes().get(device), changes);
        crashes.add(fate);
        return new ThreadDevice(environment(proxy, token, device), fate, operator);
    }

    private static Deque<Change> joiners(KillPlan plan) {
        return plan.changes().stream()
                .filter(change -> change.kind() == Change.Kind.JOIN)
                .collect(Collectors.toCollection(ArrayDeque::new));
    }

    private CompletableFuture<Void> begin(ChaosDevice device) {
        devices.add(device);
        CompletableFuture<Void> life = CompletableFuture.runAsync(
                () -> {
                    try {
                        device.live();
                    } catch (Exception e) {
                        throw new CommandFailure("a device cannot go on: " + e, e);
                    }
                },
                threads);
        lives.add(life);
        return life;
    }

    private void awaitJoined(OperatorApi operator, CompletableFuture<Void> life) {
        while (operator.status(ChaosSettings.RUN).members() < devices.size()) {
            if (life.isDone()) {
                life.join();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private Path folderOf(int device) {
        return folder.resolve("device-" + device);
    }

    private List<Path> folders(int count) {
        return IntStream.range(0, count).mapToObj(this::folderOf).toList();
    }

    /** Waits until the devices have finished and the last kill is done; starts devices that join in between. */
    private void awaitEnd(CompletableFuture<Void> killing, Deque<Change> joiners, Consumer<Change> join)
            throws InterruptedException {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        int seen = 0;
        long since = System.nanoTime();
        while (!lives.stream().allMatch(CompletableFuture::isDone)) {
            if (recorder.awaitAccepted(seen + 1, BETWEEN_LOOKS)) {
                seen = recorder.accepted();
                since = System.nanoTime();
            }
            progress.accept(seen);
            troubles.follow(seen);
            while (!joiners.isEmpty() && recorder.round() >= joiners.peek().round()) {
                join.accept(joiners.remove());
            }
            all = new ArrayList<>(lives);
            all.add(killing);
            boolean failed = all.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
            if (failed || System.nanoTime() - since > STANDSTILL.toNanos()) {
                throw stuck(all, seen);
            }
        }
        recorder.end();
        cohorts.end();
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw stuck(all, seen);
        }
    }

    private static CommandFailure stuck(List<CompletableFuture<Void>> parts, int accepted) {
        StringBuilder why = new StringBuilder(
                "the run did not come to its end by itself; it stands at " + accepted + " accepted messages");
        for (CompletableFuture<Void> part : parts) {
            if (part.isCompletedExceptionally()) {
                try {
                    part.join();
                } catch (CompletionException e) {
                    why.append("; ").append(e.getCause());
                }
            }
        }
        return new CommandFailure(why.toString());
    }

    private Map<CrashPoint, Integer> crashed() {
        Map<CrashPoint, Integer> all = new EnumMap<>(CrashPoint.class);
        for (Crashes of : crashes) {
            of.done().forEach((point, count) -> all.merge(point, count, Integer::sum));
        }
        return all;
    }

    private List<Change> changed() {
        List<Change> all = new ArrayList<>(joins);
        crashes.forEach(of -> all.addAll(of.changed()));
        return all;
    }

    private List<DiskRecovery> recovered() {
        return settings.secure()
                ? crashes.stream().flatMap(of -> of.recoveries().stream()).toList()
                : List.of();
    }

    private Map<Change.Kind, Integer> changesByKind() {
        Map<Change.Kind, Integer> all = new EnumMap<>(Change.Kind.class);
        changed().forEach(change -> all.merge(change.kind(), 1, Integer::sum));
        return all;
    }
}
