package io.evenkeel.pilot.chaos;

import io.evenkeel.pilot.operator.OperatorApi;
import io.evenkeel.pilot.process.CoordinatorProcess;
import io.evenkeel.pilot.process.JavaLaunch;
import io.evenkeel.pilot.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** One run with everything that is done to it. For one use. */
final class Chaos {

    private static final Duration STANDSTILL = Duration.ofMinutes(4);
    private static final Duration HELD_UP = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final ChaosSettings settings;
    private final Path folder;
    private final IntConsumer progress;
    private final Witness witness = new Witness();
    private final List<Device> devices = new ArrayList<>();
    private final List<Crashes> crashes = new ArrayList<>();
    private final List<CompletableFuture<Void>> lives = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * @param folder an empty one, for data, devices' states and logs
     * @param progress is told again and again how many messages have been accepted
     */
    Chaos(ChaosSettings settings, Path folder, IntConsumer progress) {
        this.settings = settings;
        this.folder = folder;
        this.progress = progress;
    }

    /** Returns how many requests were answered 503 so far. */
    int unavailable() {
        return witness.unavailable();
    }

    /**
     * Runs to the end, and judges.
     *
     * @throws CommandFailure if the run does not come to its end by itself
     */
    Outcome run() throws IOException, InterruptedException, SQLException {
        long start = System.nanoTime();
        Files.createDirectories(folder);
        JavaLaunch launch = JavaLaunch.quick(folder);
        KillPlan plan = KillPlan.draw(settings);
        CoordinatorProcess coordinator = new CoordinatorProcess(
                launch, folder, List.of("--springdoc.api-docs.enabled=false", "--springdoc.swagger-ui.enabled=false"));
        try (coordinator;
                FaultyProxy proxy = FaultyProxy.open(coordinator.port(), witness, HELD_UP)) {
            coordinator.start();
            coordinator.awaitUp();
            OperatorApi operator = new OperatorApi(coordinator.address(), coordinator.token());
            ProcessDevice last = join(operator, proxy, launch, plan);
            Killer killer = new Killer(plan.kills(), coordinator, last, witness, STANDSTILL);
            proxy.inflict(Faults.seeded(settings.seed(), settings.faults()));
            operator.start(ChaosSettings.RUN);
            CompletableFuture<Void> killing = CompletableFuture.runAsync(killer, threads);
            awaitEnd(killing);
            proxy.inflict(request -> Fault.NONE);
            proxy.releaseHeldBack();
            Evidence evidence = new Inquest(settings, coordinator, witness).gather(folders());
            return new Outcome(
                    killer.done(),
                    crashed(),
                    proxy.counts(),
                    killer.recoveries(),
                    evidence.receipts().size(),
                    witness.refusals(),
                    Duration.ofNanos(System.nanoTime() - start),
                    Checker.judge(settings, evidence));
        } finally {
            devices.forEach(Device::end);
            threads.shutdownNow();
        }
    }

    /** Creates the run, and lets the devices join one after the other, as their order matters. */
    private ProcessDevice join(OperatorApi operator, FaultyProxy proxy, JavaLaunch launch, KillPlan plan) {
        operator.createRun(definition());
        String token = operator.createEnrolmentToken(settings.devices(), "chaos");
        List<Path> folders = folders();
        for (int i = 0; i < settings.devices() - 1; i++) {
            crashes.add(new Crashes(plan.crashes().get(i)));
            Place place = new Place(proxy.address(), token, folders.get(i), i, settings.dimension());
            begin(operator, new ThreadDevice(place, crashes.get(i)));
        }
        int i = settings.devices() - 1;
        Place place = new Place(proxy.address(), token, folders.get(i), i, settings.dimension());
        ProcessDevice last = new ProcessDevice(launch, folder.resolve("device.log"), place);
        begin(operator, last);
        return last;
    }

    private Map<String, ?> definition() {
        return Map.of(
                "name",
                ChaosSettings.RUN,
                "dimension",
                settings.dimension(),
                "algorithm",
                ChaosSettings.ALGORITHM,
                "compressor",
                settings.compressor(),
                "gamma",
                ChaosSettings.GAMMA,
                "eta",
                ChaosSettings.ETA,
                "rounds",
                settings.rounds(),
                "seed",
                settings.seed(),
                "participants",
                Map.of("min", settings.quorum()),
                "time",
                Map.of("max", settings.everybodyAnswers() ? "PT1H" : "PT1S"));
    }

    private void begin(OperatorApi operator, Device device) {
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
        while (operator.status(ChaosSettings.RUN).members() < devices.size()) {
            if (life.isDone()) {
                life.join();
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        for (int i = 0; i < settings.devices(); i++) {
            folders.add(folder.resolve("device-" + i));
        }
        return folders;
    }

    /** Waits for the devices, which go home when the run is over, and for the last kill. */
    private void awaitEnd(CompletableFuture<Void> killing) throws InterruptedException {
        List<CompletableFuture<Void>> all = new ArrayList<>(lives);
        all.add(killing);
        int seen = 0;
        long since = System.nanoTime();
        while (!lives.stream().allMatch(CompletableFuture::isDone)) {
            if (witness.awaitAccepted(seen + 1, BETWEEN_LOOKS)) {
                seen = witness.accepted();
                since = System.nanoTime();
            }
            progress.accept(seen);
            boolean failed = all.stream().anyMatch(CompletableFuture::isCompletedExceptionally);
            if (failed || System.nanoTime() - since > STANDSTILL.toNanos()) {
                throw stuck(all, seen);
            }
        }
        witness.end();
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
}
