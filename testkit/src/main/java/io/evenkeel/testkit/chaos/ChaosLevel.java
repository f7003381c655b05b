package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.testkit.chaos.device.DeviceCommand;
import io.evenkeel.testkit.chaos.device.DeviceEnvironment;
import io.evenkeel.testkit.chaos.device.ProcessDevice;
import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.testkit.chaos.proxy.Faults;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosRun;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.verdict.Checker;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import io.evenkeel.testkit.chaos.verdict.LossReport;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The coordinators of a run, its devices behind a proxy, and the kills of both. A chaos test has one level; with relays
 * it has an upper level and one for each site. For one use.
 */
final class ChaosLevel implements AutoCloseable {

    /** The time for which a run may be interrupted before it counts as stuck. */
    static final Duration STANDSTILL = Duration.ofMinutes(4);

    private static final Duration HELD_UP = Duration.ofSeconds(20);
    /** Far more than the number of devices: an enrolment whose response is lost may use the token once more. */
    private static final int MAX_ENROLMENTS = 1000;

    private static final List<String> QUICK =
            Stream.concat(JavaLaunch.QUICK.stream(), Stream.of("-Xmx384m")).toList();

    private final ChaosSettings settings;
    private final int own;
    private final Path folder;
    private final ChaosDeployment deployment;
    private final KillPlan plan;
    private final TrafficRecorder recorder = new TrafficRecorder();
    private final CohortRecorder cohorts = new CohortRecorder();
    private final Coordinators coordinators;
    private final FaultyProxy proxy;
    private final ChaosRun run;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ChaosDevices devices;
    private final List<CompletableFuture<Void>> others = new ArrayList<>();
    private @Nullable String token;
    private @Nullable Killer killer;
    private List<LossReport> reports = List.of();

    /**
     * Prepares the coordinators, and opens the proxy.
     *
     * @param relays the number of relays, which are the last of the run's devices and are started elsewhere
     * @param folder the folder for data, devices' states and logs
     */
    ChaosLevel(ChaosSettings settings, int relays, Path folder, ChaosDeployment deployment, KillPlan plan)
            throws IOException, InterruptedException {
        this.settings = settings;
        this.own = settings.devices() - relays;
        this.folder = Files.createDirectories(folder);
        this.deployment = deployment;
        this.plan = plan;
        this.coordinators = new Coordinators(CoordinatorJar.quick(QUICK), folder, deployment);
        this.proxy = FaultyProxy.open(coordinators.ports(), TrafficListener.both(recorder, cohorts), HELD_UP);
        this.run = new ChaosRun(settings, folder);
        this.devices = new ChaosDevices(settings, plan, this::environment, this::operator);
    }

    /** Starts the coordinators. */
    void start() throws IOException {
        coordinators.start();
        token = operator().createEnrolmentToken(MAX_ENROLMENTS, "chaos");
    }

    OperatorApi operator() {
        return coordinators.any().operator();
    }

    TrafficRecorder recorder() {
        return recorder;
    }

    FaultyProxy proxy() {
        return proxy;
    }

    Coordinators coordinators() {
        return coordinators;
    }

    /** Returns a token with which devices enrol. */
    String token() {
        return Objects.requireNonNull(token);
    }

    /** Creates the run, and makes the devices join sequentially, since their order matters. */
    void join() {
        operator().createRun(run.definition());
        ProcessDevice last =
                devices.join(own, JavaLaunch.ofClass(DeviceCommand.class, QUICK), folder.resolve("device.log"));
        killer = new Killer(plan.kills(), coordinators, deployment, last, proxy, recorder, cohorts, STANDSTILL);
        proxy.inflict(Faults.seeded(settings.seed(), settings.faults()));
    }

    /** Starts the kills once the run has started. */
    void strike() {
        others.add(CompletableFuture.runAsync(Objects.requireNonNull(killer), threads));
    }

    /** Runs a task in parallel with the devices and the kills. */
    void alongside(Runnable work) {
        others.add(CompletableFuture.runAsync(work, threads));
    }

    private DeviceEnvironment environment(int device) {
        return new DeviceEnvironment(
                proxy.address(), token(), folderOf(device), device, settings.dimension(), run.identity(device));
    }

    private Path folderOf(int device) {
        return folder.resolve("device-" + device);
    }

    /** Waits until the run has a number of members. */
    void awaitMembers(int count) {
        devices.awaitMembers(count);
    }

    /** Starts the devices that are due to join in the open round. */
    void admit() {
        devices.admit(recorder.round());
    }

    /** Returns whether all devices have finished. */
    boolean isOver() {
        return devices.lives().stream().allMatch(CompletableFuture::isDone);
    }

    /** Returns the futures that complete by themselves after the run's end unless something fails. */
    List<CompletableFuture<Void>> parts() {
        return Stream.concat(devices.lives().stream(), others.stream()).toList();
    }

    /** Records that the run is over, which ends all waits. */
    void end() {
        recorder.end();
        cohorts.end();
    }

    /** Ends the faults. */
    void calm() throws IOException {
        proxy.inflict(request -> Fault.NONE);
        proxy.releaseHeldBack();
    }

    /**
     * Collects the evidence.
     *
     * @param closed the settings with the number of rounds that the run has had
     * @param relays the folders of the relays
     */
    Evidence evidence(ChaosSettings closed, List<Path> relays) throws IOException {
        List<Path> folders =
                new ArrayList<>(IntStream.range(0, own).mapToObj(this::folderOf).toList());
        folders.addAll(relays);
        reports = LossReport.among(operator().events(ChaosSettings.RUN));
        devices.joined().stream().map(this::folderOf).forEach(folders::add);
        return new EvidenceCollector(closed, coordinators.any(), recorder, cohorts)
                .gather(folders, devices.changed(), reports, devices.recovered(), folder.resolve("export.evenkeel"));
    }

    /** Returns the outcome of the test. */
    ChaosOutcome outcome(Evidence evidence, Checker.Verdict verdict, Duration took) {
        Killer done = Objects.requireNonNull(killer);
        List<String> violations = new ArrayList<>(done.violations());
        // One receipt of each device may have been on its way when the coordinators were killed.
        violations.addAll(LossReport.compare(
                reports,
                recorder.lost(),
                recorder.losses() * evidence.history().periods().size()));
        return new ChaosOutcome(
                done.done(),
                devices.crashed(),
                changesByKind(),
                evidence.recoveries(),
                proxy.counts(),
                deployment.store() == null ? Map.of() : deployment.store().counts(),
                done.recoveries(),
                done.outages(),
                evidence.receipts().size(),
                recorder.refusals(),
                recorder.lost(),
                took,
                verdict.with(violations));
    }

    private Map<Change.Kind, Integer> changesByKind() {
        Map<Change.Kind, Integer> all = new EnumMap<>(Change.Kind.class);
        devices.changed().forEach(change -> all.merge(change.kind(), 1, Integer::sum));
        if (!reports.isEmpty()) {
            all.put(Change.Kind.FOLLOW, reports.size());
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        devices.close();
        threads.shutdownNow();
        proxy.close();
        coordinators.close();
    }
}
