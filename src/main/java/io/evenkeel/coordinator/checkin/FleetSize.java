package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.checkin.ActivityWindow;
import io.evenkeel.engine.checkin.PaceSteering;
import io.evenkeel.engine.selection.DevicePart;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Estimates how many devices check in, and how many of them open work may need. The database counts devices
 * by their attributes once a minute, so that no request has to. The number of devices that check in after
 * that is estimated. Each replica counts the whole fleet. Starts before the web server. Thread-safe.
 */
@Component
class FleetSize extends BackgroundWork implements MeterBinder {

    private final List<WorkSource> sources;
    private final ClientDirectory directory;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final WorkSettings settings;
    private final ActivityWindow window;
    private volatile Count counted = new Count(0, 0, Map.of());
    private volatile DistinctCount recent = new DistinctCount();

    FleetSize(
            List<WorkSource> sources,
            ClientDirectory directory,
            DurableTransactions transactions,
            Clock clock,
            WorkSettings settings,
            FailureLog failures) {
        super("fleet-size", settings.countEvery(), failures);
        this.sources = List.copyOf(sources);
        this.directory = directory;
        this.transactions = transactions;
        this.clock = clock;
        this.settings = settings;
        this.window = new ActivityWindow(clock.instant());
    }

    /**
     * The number of active devices, the number that at least one offer admits, and the number that each offer
     * admits.
     */
    private record Count(double active, double needed, Map<WorkOffer, Double> admitted) {}

    /** Counts a device that checks in. */
    void seen(String client) {
        recent.add(client);
    }

    /**
     * Returns the rule for the current fleet. It assumes that all devices seen since the last count may be
     * needed.
     */
    PaceSteering pace() {
        Count known = counted;
        return PaceSteering.of(settings.requestsPerSecond(), known.active(), known.needed(), recent.estimate());
    }

    /** Returns approximately how many active devices an offer admits. */
    double admitted(WorkOffer offer) {
        Count known = counted;
        return known.admitted().getOrDefault(offer, known.active());
    }

    /** Recounts the active devices. */
    @Override
    protected void work() {
        DistinctCount before = recent;
        recent = new DistinctCount();
        Instant since =
                window.since(clock.instant(), before.estimate() > 0, pace().activityWindow(settings.longestPause()));
        counted = transactions.read(() -> count(
                directory.active(since),
                sources.stream().flatMap(source -> source.offers().stream()).toList()));
    }

    private static Count count(List<ClientDirectory.Group> groups, List<WorkOffer> offers) {
        Map<WorkOffer, Double> admitted = new HashMap<>();
        double active = 0;
        double needed = 0;
        for (ClientDirectory.Group group : groups) {
            double share = 0;
            for (WorkOffer offer : offers) {
                if (offer.devices().join().matches(group.visible())) {
                    double part = width(offer);
                    admitted.merge(offer, part * group.devices(), Double::sum);
                    share = Math.min(1, share + part);
                }
            }
            active += group.devices();
            needed += share * group.devices();
        }
        return new Count(active, needed, admitted);
    }

    private static double width(WorkOffer offer) {
        DevicePart part = offer.devices().part();
        return part == null ? 1 : part.to() - part.from();
    }

    @Override
    public synchronized void start() {
        work();
        super.start();
    }

    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.fleet.active.devices", this, size -> size.pace().active())
                .description("Devices that check in, as pace steering counts them; each coordinator counts all")
                .register(registry);
    }
}
