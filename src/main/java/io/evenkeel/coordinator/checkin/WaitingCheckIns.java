package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.http.LongPolls;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.engine.checkin.PaceSteering;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
 * Answers check-ins: immediately if there is work, otherwise when work arrives or the wait times out. A newer request
 * from a device ends its earlier one. No device waits in a large fleet, or while the maximum number of long polls is
 * waiting. Thread-safe.
 */
@Component
class WaitingCheckIns extends BackgroundWork {

    /** The only group, to which all devices belong. */
    private static final long ALL = 0;

    private final CheckIns checkIns;
    private final FleetSize fleet;
    private final WorkSettings settings;
    private final Counter withWork;
    private final Counter withoutWork;
    private final LongPolls<CheckIn, WorkAnswer> polls;
    private final AtomicReference<@Nullable Object> seen = new AtomicReference<>();
    private final AtomicBoolean looks = new AtomicBoolean();

    WaitingCheckIns(
            CheckIns checkIns,
            FleetSize fleet,
            LongPolls.Limit limit,
            WorkSettings settings,
            Clock clock,
            MeterRegistry metrics,
            FailureLog failures) {
        super("check-ins", settings.tick(), failures);
        this.checkIns = checkIns;
        this.fleet = fleet;
        this.settings = settings;
        this.polls = new LongPolls<>(limit, clock);
        this.withWork = counter(metrics, "work");
        this.withoutWork = counter(metrics, "nothing");
    }

    private static Counter counter(MeterRegistry metrics, String outcome) {
        return Counter.builder("evenkeel.check.ins")
                .description("Check-ins of devices, by the kind of the response")
                .tag("outcome", outcome)
                .register(metrics);
    }

    /** A device's check-in, with the open offers that determine its next pause. */
    private final class CheckIn {
        private final CheckIns.Question question;
        private final AtomicBoolean counted = new AtomicBoolean();
        private volatile List<WorkOffer> open = List.of();

        CheckIn(CheckIns.Question question) {
            this.question = question;
        }

        /** Returns the response if there is work. */
        Optional<ResponseEntity<WorkAnswer>> answer(CheckIns.Found found) {
            open = found.open();
            if (found.work().isEmpty()) {
                return Optional.empty();
            }
            count(withWork);
            long pause = pause(Duration.ZERO);
            return Optional.of(ResponseEntity.ok()
                    .header(HttpHeaders.RETRY_AFTER, Long.toString(pause))
                    .body(new WorkAnswer(found.work(), pause)));
        }

        ResponseEntity<WorkAnswer> nothing(Duration waited) {
            count(withoutWork);
            return ResponseEntity.status(HttpStatus.NO_CONTENT)
                    .header(HttpHeaders.RETRY_AFTER, Long.toString(pause(waited)))
                    .build();
        }

        private void count(Counter outcome) {
            if (counted.compareAndSet(false, true)) {
                outcome.increment();
            }
        }

        private long pause(Duration waited) {
            List<Duration> intervals = open.stream()
                    .map(offer -> offer.demand().every(fleet.admitted(offer)))
                    .toList();
            return PaceSteering.pause(
                    fleet.pace().mean(intervals, settings.longestPause(), waited), ThreadLocalRandom.current());
        }
    }

    /**
     * Answers a check-in.
     *
     * @param wait how long to wait for work, at most a minute
     */
    PendingResponse<WorkAnswer> ask(CheckIns.Question question, Duration wait) {
        String client = question.device().client();
        fleet.seen(client);
        return polls.ask(
                new CheckIn(question),
                fleet.pace().isSmall() ? wait : Duration.ZERO,
                device -> device.question().nothing(device.timeout()),
                device -> {
                    boolean waits = polls.enter(device, ALL, client);
                    look(device, checkIns.find(question));
                    if (!waits) {
                        device.end();
                    }
                });
    }

    /** Schedules a scan of the waiting devices. Changes in quick succession cause a single scan. */
    @EventListener
    void changed(RunChanged change) {
        if (count() > 0 && looks.compareAndSet(false, true)) {
            execute(this::work);
        }
    }

    /** Scans the waiting devices if there may be new work, and ends waits that have timed out. */
    @Override
    protected void work() {
        looks.set(false);
        if (count() == 0) {
            return;
        }
        try {
            Object version = checkIns.version();
            if (!version.equals(seen.get())) {
                look(polls.in(ALL));
                seen.set(version);
            }
        } finally {
            polls.endOverdue();
        }
    }

    private void look(List<LongPolls.Poll<CheckIn, WorkAnswer>> devices) {
        List<CheckIns.Found> found = checkIns.find(
                devices.stream().map(device -> device.question().question).toList());
        for (int i = 0; i < devices.size(); i++) {
            look(devices.get(i), found.get(i));
        }
    }

    private static void look(LongPolls.Poll<CheckIn, WorkAnswer> device, CheckIns.Found found) {
        device.question().answer(found).ifPresent(device::answer);
    }

    /** Returns the number of waiting devices. */
    int count() {
        return polls.count();
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        polls.close();
    }
}
