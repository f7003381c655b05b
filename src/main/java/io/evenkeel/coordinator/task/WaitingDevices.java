package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.problem.Problem;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RoundSettings;
import io.evenkeel.coordinator.run.RunState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Devices that wait for work: each an unanswered request and no thread. Bounded in number and by their share of the heap, and one
 * request for each device: a newer one sends the older away, so that no device takes the others' places. For whom there is no place
 * is told to come back about when the next round is expected. Thread-safe.
 *
 * <p>A device is put on the list before it is looked at, and everybody on the list is looked at after the run has moved on, so nothing
 * is missed between the two.
 */
@Component
public class WaitingDevices implements MeterBinder {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long {@link #ask} may take. */
    public static final Duration LONGEST_ANSWER = LONGEST_WAIT.plus(GRACE);

    private final TaskAssignment tasks;
    private final Clock clock;
    private final int most;
    private final Map<Long, Set<Waiting>> waiting = new ConcurrentHashMap<>();
    private final Map<Long, TaskAssignment.Version> seen = new ConcurrentHashMap<>();
    private final Map<Long, RoundPace> paces = new ConcurrentHashMap<>();
    private final Map<Place, Waiting> newest = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closing;

    WaitingDevices(TaskAssignment tasks, Clock clock, RoundSettings settings, HeapBudget budget) {
        this.tasks = tasks;
        this.clock = clock;
        this.most = (int) Math.min(
                settings.waitingDevices(), budget.of(HeapBudget.Share.WAITING_DEVICES) / PendingResponse.REQUEST_BYTES);
    }

    /** Where a device waits. */
    private record Place(long run, String client) {}

    private static final class Waiting {
        final TaskAssignment.Question question;
        final Instant until;
        final PendingResponse<Task> result;

        Waiting(TaskAssignment.Question question, Instant until, Duration wait) {
            this.question = question;
            this.until = until;
            // Time is kept by tick; the servlet container's clock only catches what tick forgot.
            this.result = new PendingResponse<>(wait.plus(GRACE), WaitingDevices::nothing);
        }
    }

    /**
     * Answers at once if there is something to do, else when there is, or with nothing when the time is up. Fails in no other way than
     * by a refusal.
     *
     * @param wait at most a minute of it counts
     */
    public PendingResponse<Task> ask(TaskAssignment.Question question, Duration wait) {
        Duration longest = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        Waiting device = new Waiting(question, clock.instant().plus(longest), longest);
        try {
            ask(device, longest.isZero() || closing);
        } catch (RuntimeException e) {
            device.result.refuse(e);
        }
        return device.result;
    }

    private void ask(Waiting device, boolean atOnce) {
        TaskAssignment.Question question = device.question;
        if (atOnce) {
            device.result.answer(tasks.answer(question).map(ResponseEntity::ok).orElseGet(WaitingDevices::nothing));
        } else if (!enter(device)) {
            Optional<Task> task = mayHaveWork(question) ? tasks.answer(question) : Optional.empty();
            device.result.answer(
                    ResponseEntity.ok(task.orElseThrow(() -> full(question.run().run()))));
        } else {
            if (mayHaveWork(question)) {
                look(question.run(), List.of(device));
            }
            if (closing) {
                device.result.answer(nothing());
            }
        }
    }

    /**
     * Tells whether it is worth asking the database: not if the open round is one the device has answered. How the run stands is
     * noted before those who wait are looked at, so a device that sees an old note is on the list that is looked at next.
     */
    private boolean mayHaveWork(TaskAssignment.Question question) {
        TaskAssignment.Version version = seen.get(question.run().run());
        return version == null || version.state() != RunState.RUNNING || version.round() > question.after();
    }

    /**
     * Looks at everybody who waits for a run, if it has moved on since the last time. A message accepted is a change of the run, but
     * none for those who wait: looking at all of them each time would make a round cost the square of its members.
     */
    public void wake(long run) {
        Set<Waiting> devices = waiting.get(run);
        if (devices == null) {
            return;
        }
        TaskAssignment.Version version = tasks.version(run);
        paces.computeIfAbsent(run, key -> new RoundPace()).note(version.round(), clock.instant());
        List<Waiting> all = version.equals(seen.put(run, version)) ? List.of() : List.copyOf(devices);
        if (!all.isEmpty()) {
            look(all.get(0).question.run(), all);
        }
    }

    /** Sends away those whose time is up, and wakes the others where another replica has moved their run on. */
    public void tick() {
        Instant now = clock.instant();
        waiting.forEach((run, devices) -> {
            wake(run);
            devices.forEach(device -> {
                if (!now.isBefore(device.until)) {
                    device.result.answer(nothing());
                }
            });
        });
    }

    /** Returns how many are waiting. */
    public int count() {
        return count.get();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.waiting.devices", count, AtomicInteger::get)
                .description("Devices that wait for work in a long poll")
                .register(registry);
    }

    /** Sends everybody away before the web server waits for their requests to end. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
        waiting.values().forEach(devices -> devices.forEach(device -> device.result.answer(nothing())));
    }

    private ProblemException full(long run) {
        RoundPace pace = paces.get(run);
        return Problem.BUSY
                .because(
                        "more devices wait for work than the coordinator holds: " + most,
                        "ask again after the time in Retry-After, or without wait")
                .retryAfter(pace == null ? pause() : pause().plus(pace.untilNext(clock.instant())));
    }

    /** Returns whether there was a place. */
    private boolean enter(Waiting device) {
        if (count.incrementAndGet() > most) {
            count.decrementAndGet();
            return false;
        }
        Set<Waiting> devices =
                waiting.computeIfAbsent(device.question.run().run(), run -> ConcurrentHashMap.newKeySet());
        devices.add(device);
        Place place = new Place(device.question.run().run(), device.question.client());
        device.result.onceDone(() -> {
            newest.remove(place, device);
            leave(devices, device);
        });
        Waiting older = newest.put(place, device);
        if (older != null) {
            older.result.answer(nothing());
        }
        return true;
    }

    private void leave(Set<Waiting> devices, Waiting device) {
        if (devices.remove(device)) {
            count.decrementAndGet();
        }
    }

    private void look(PlanCache.Known run, List<Waiting> devices) {
        try {
            List<TaskAssignment.Reply> replies = tasks.answer(
                    run, devices.stream().map(device -> device.question).toList());
            for (int i = 0; i < devices.size(); i++) {
                tell(devices.get(i), replies.get(i));
            }
        } catch (RuntimeException e) {
            devices.forEach(device -> device.result.refuse(e));
        }
    }

    private static void tell(Waiting device, TaskAssignment.Reply reply) {
        if (reply.task() != null) {
            device.result.answer(ResponseEntity.ok(reply.task()));
        } else if (reply.refusal() != null) {
            device.result.refuse(reply.refusal());
        }
    }

    /** No content, and a pause that differs from device to device, so that they do not all come back at once. */
    private static ResponseEntity<Task> nothing() {
        return ResponseEntity.status(HttpStatus.NO_CONTENT)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(pause().toSeconds()))
                .build();
    }

    private static Duration pause() {
        return Duration.ofSeconds(
                ThreadLocalRandom.current().nextLong(LEAST_PAUSE.toSeconds(), MOST_PAUSE.toSeconds() + 1));
    }
}
