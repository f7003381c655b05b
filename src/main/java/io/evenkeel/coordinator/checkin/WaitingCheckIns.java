package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.task.WaitingPlaces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Answers check-ins: at once if there is work, else when there is some or the wait ends. A waiting device holds a place of
 * {@link WaitingPlaces} but no thread; a newer request of it ends the older one. In a large fleet, and while all places are taken, no device
 * waits. Thread-safe.
 *
 * <p>A device is added to the list before its work is looked for, and the whole list is looked at after each change. So no change is
 * missed.
 */
@Component
class WaitingCheckIns extends BackgroundWork {

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final CheckIns checkIns;
    private final FleetSize fleet;
    private final WaitingPlaces places;
    private final WorkSettings settings;
    private final Clock clock;
    private final Counter withWork;
    private final Counter withoutWork;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Object> seen = new AtomicReference<>();
    private final AtomicBoolean looks = new AtomicBoolean();
    private volatile boolean closing;

    WaitingCheckIns(
            CheckIns checkIns,
            FleetSize fleet,
            WaitingPlaces places,
            WorkSettings settings,
            Clock clock,
            MeterRegistry metrics,
            FailureLog failures) {
        super("check-ins", settings.tick(), failures);
        this.checkIns = checkIns;
        this.fleet = fleet;
        this.places = places;
        this.settings = settings;
        this.clock = clock;
        this.withWork = counter(metrics, "work");
        this.withoutWork = counter(metrics, "nothing");
    }

    private static Counter counter(MeterRegistry metrics, String outcome) {
        return Counter.builder("evenkeel.check.ins")
                .description("Check-ins of devices that were answered")
                .tag("outcome", outcome)
                .register(metrics);
    }

    private final class Waiting {
        final CheckIns.Question question;
        final Duration wait;
        final Instant until;
        final PendingResponse<WorkAnswer> result;
        private final AtomicBoolean counted = new AtomicBoolean();
        private volatile List<WorkOffer> open = List.of();

        Waiting(CheckIns.Question question, Duration wait) {
            this.question = question;
            this.wait = wait;
            this.until = clock.instant().plus(wait);
            // The method work ends waits; the servlet container's timeout is only a fallback.
            this.result = new PendingResponse<>(wait.plus(GRACE), this::nothing);
        }

        void look(CheckIns.Found found) {
            open = found.open();
            if (!found.work().isEmpty()) {
                count(withWork);
                long pause = pause(Duration.ZERO);
                result.answer(ResponseEntity.ok()
                        .header(HttpHeaders.RETRY_AFTER, Long.toString(pause))
                        .body(new WorkAnswer(found.work(), pause)));
            }
        }

        void end() {
            result.answer(nothing());
        }

        ResponseEntity<WorkAnswer> nothing() {
            count(withoutWork);
            return ResponseEntity.status(HttpStatus.NO_CONTENT)
                    .header(HttpHeaders.RETRY_AFTER, Long.toString(pause(wait)))
                    .build();
        }

        private void count(Counter outcome) {
            if (counted.compareAndSet(false, true)) {
                outcome.increment();
            }
        }

        private long pause(Duration waited) {
            Duration every = open.stream()
                    .map(offer -> offer.demand().every(fleet.admitted(offer)))
                    .min(Duration::compareTo)
                    .filter(needed -> needed.compareTo(settings.longestPause()) < 0)
                    .orElse(settings.longestPause());
            return PaceSteering.pause(fleet.pace().mean(!open.isEmpty(), every, waited), ThreadLocalRandom.current());
        }
    }

    /**
     * Answers a check-in.
     *
     * @param wait the time to wait for work, limited to a minute
     */
    PendingResponse<WorkAnswer> ask(CheckIns.Question question, Duration wait) {
        fleet.seen(question.device().client());
        Duration longest = wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
        boolean waits = !closing && fleet.pace().isSmall() && !longest.isZero();
        Waiting device = new Waiting(question, waits ? longest : Duration.ZERO);
        boolean entered = waits && enter(device);
        try {
            device.look(checkIns.find(question));
            if (!entered || closing) {
                device.end();
            }
        } catch (RuntimeException e) {
            device.result.refuse(e);
        }
        return device.result;
    }

    private boolean enter(Waiting device) {
        if (!places.take()) {
            return false;
        }
        String client = device.question.device().client();
        device.result.onceDone(() -> {
            waiting.remove(client, device);
            places.free();
        });
        Waiting older = waiting.put(client, device);
        if (older != null) {
            older.end();
        }
        return true;
    }

    /** Looks at the waiting devices soon. Many changes at once are one look. */
    @EventListener
    void changed(RunChanged change) {
        if (!waiting.isEmpty() && looks.compareAndSet(false, true)) {
            execute(this::work);
        }
    }

    /** Looks at the waiting devices if there may be new work, and ends waits whose time is over. */
    @Override
    protected void work() {
        looks.set(false);
        if (waiting.isEmpty()) {
            return;
        }
        Object version = checkIns.version();
        if (!version.equals(seen.getAndSet(version))) {
            look(List.copyOf(waiting.values()));
        }
        Instant now = clock.instant();
        waiting.values().stream().filter(device -> !now.isBefore(device.until)).forEach(Waiting::end);
    }

    private void look(List<Waiting> devices) {
        List<CheckIns.Found> found =
                checkIns.find(devices.stream().map(device -> device.question).toList());
        for (int i = 0; i < devices.size(); i++) {
            devices.get(i).look(found.get(i));
        }
    }

    /** Returns the number of waiting devices. */
    int count() {
        return waiting.size();
    }

    /** Ends all waits before the web server waits for its requests to end. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
        waiting.values().forEach(Waiting::end);
    }
}
