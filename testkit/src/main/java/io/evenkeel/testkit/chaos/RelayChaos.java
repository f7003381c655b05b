package io.evenkeel.testkit.chaos;

import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.verdict.Checker;
import io.evenkeel.testkit.chaos.verdict.RelayChecker;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs one chaos test with relays: an upper coordinator, which also has its own devices, and a site for each
 * relay. For one use.
 */
final class RelayChaos {

    private static final Duration CUT = Duration.ofSeconds(6);
    private static final Duration HELD_UP = Duration.ofSeconds(20);
    /** At the end, every model is read and every message is sent again. */
    private static final List<String> KEEP_ALL = List.of(
            "--evenkeel.retention.checkpoints=1000000",
            "--evenkeel.retention.updates=1000000",
            "--evenkeel.retention.receipts=1000000");

    private static final TrafficListener NOBODY = new TrafficListener() {
        @Override
        public void sent(HttpText request, int port) {}

        @Override
        public void answered(HttpText request, HttpText answer) {}
    };

    private final RelayChaosSettings settings;
    private final Path folder;
    private final IntConsumer progress;
    private final List<FaultyProxy> links = new ArrayList<>();
    private final List<ChaosLevel> sites = new ArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();

    /**
     * @param folder an empty folder for data, devices' states and logs
     * @param progress repeatedly receives the number of messages accepted on the upper level
     */
    RelayChaos(RelayChaosSettings settings, Path folder, IntConsumer progress) {
        this.settings = settings;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Runs to the end and checks the result.
     *
     * @throws CommandFailure if a run does not end by itself
     */
    RelayChaosOutcome run() throws IOException, InterruptedException {
        long start = System.nanoTime();
        Path place = folder.resolve("above");
        try (ChaosLevel above = level(settings.above(), settings.sites(), place, KEEP_ALL)) {
            above.start();
            for (int i = 0; i < settings.sites(); i++) {
                openSite(i, above);
            }
            above.join();
            above.awaitMembers(RelayChaosSettings.OWN + settings.sites());
            above.operator().start(ChaosSettings.RUN);
            List<ChaosLevel> all =
                    Stream.concat(Stream.of(above), sites.stream()).toList();
            all.forEach(ChaosLevel::strike);
            above.alongside(() -> cutLinks(above.recorder()));
            Chaos.awaitEnd(all, progress);
            return outcome(all, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            for (ChaosLevel site : sites) {
                site.close();
            }
            for (FaultyProxy link : links) {
                link.close();
            }
        }
    }

    private ChaosLevel level(ChaosSettings run, int relays, Path place, List<String> arguments)
            throws IOException, InterruptedException {
        ChaosDeployment own = new ChaosDeployment(ChaosDeployment.onH2(place).database(), 1, arguments, null);
        ChaosDeployment deployment = settings.restores() == 0 ? own : own.restored(settings.restores());
        return new ChaosLevel(run, relays, place, deployment, KillPlan.draw(run, deployment));
    }

    /** Starts a site before the upper run exists, so that its relay joins with the weight of its devices. */
    private void openSite(int number, ChaosLevel above) throws IOException, InterruptedException {
        FaultyProxy link = FaultyProxy.open(List.of(above.proxy().address().getPort()), NOBODY, HELD_UP);
        links.add(link);
        List<String> arguments = new ArrayList<>(KEEP_ALL);
        arguments.addAll(List.of(
                "--evenkeel.relay.upstream=" + link.address(),
                "--evenkeel.relay.run=" + ChaosSettings.RUN,
                "--evenkeel.relay.enrolment-token=" + above.token(),
                "--evenkeel.relay.folder=" + relayFolder(number),
                "--evenkeel.relay.ask-every=5s"));
        ChaosLevel site = level(settings.site(number), 0, siteFolder(number), arguments);
        sites.add(site);
        site.start();
        site.join();
    }

    private Path siteFolder(int site) {
        return folder.resolve("site-" + site);
    }

    private Path relayFolder(int site) {
        return siteFolder(site).resolve("relay");
    }

    private void cutLinks(TrafficRecorder recorder) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(settings.seed(), 2));
        try {
            for (int i = 0; i < settings.cuts(); i++) {
                int after = settings.above().messages() * (i + 1) / (settings.cuts() + 1);
                if (!recorder.awaitAccepted(after, ChaosLevel.STANDSTILL)) {
                    return;
                }
                FaultyProxy link = links.get(random.next(links.size()));
                link.inflict(request -> Fault.CUT_BEFORE);
                // Rounds continue only if they may close without the relay.
                boolean unused = recorder.awaitRound(recorder.round() + 3, CUT);
                link.inflict(request -> Fault.NONE);
                cuts.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private RelayChaosOutcome outcome(List<ChaosLevel> levels, Duration took) throws IOException {
        List<RelayChecker.Level> evidence = new ArrayList<>();
        List<RelayChecker.Site> below = new ArrayList<>();
        for (ChaosLevel level : levels) {
            level.calm();
        }
        for (int i = 0; i < settings.sites(); i++) {
            RelayChecker.Level site = evidence(settings.site(i), sites.get(i), List.of());
            sites.get(i).coordinators().close();
            below.add(new RelayChecker.Site(site, client(i)));
            evidence.add(site);
        }
        List<Path> relays =
                IntStream.range(0, settings.sites()).mapToObj(this::relayFolder).toList();
        RelayChecker.Level above = evidence(settings.above(), levels.get(0), relays);
        evidence.add(0, above);
        List<Checker.Verdict> verdicts =
                settings.restores() == 0 ? RelayChecker.judge(above, below) : RelayChecker.judgeByRecords(above, below);
        List<ChaosOutcome> outcomes = IntStream.range(0, levels.size())
                .mapToObj(i -> levels.get(i).outcome(evidence.get(i).evidence(), verdicts.get(i), took))
                .toList();
        return new RelayChaosOutcome(outcomes, cuts.get());
    }

    private String client(int site) {
        try (FileStateStore store = FileStateStore.open(relayFolder(site))) {
            return SavedDevice.in(store).client();
        }
    }

    private static RelayChecker.Level evidence(ChaosSettings settings, ChaosLevel level, List<Path> relays)
            throws IOException {
        OperatorApi operator = level.operator();
        int rounds = operator.status(ChaosSettings.RUN).round();
        List<double[]> models = IntStream.rangeClosed(0, rounds)
                .mapToObj(round -> OperatorApi.values(operator.model(ChaosSettings.RUN, round)))
                .toList();
        ChaosSettings closed = settings.withRounds(rounds);
        return new RelayChecker.Level(closed, level.evidence(closed, relays), models);
    }
}
