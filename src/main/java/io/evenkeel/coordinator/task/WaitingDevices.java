package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Holds the long polls of devices that wait for a task, without a thread for each. Their number is limited, and so is their share
 * of the heap. Each device has one place: a newer request ends the older one. A request without a place gets a Retry-After of about
 * the expected time of the next round. Thread-safe.
 *
 * <p>A device is added to the list before its task is computed, and the whole list is checked after each change of the run. So no
 * change is missed.
 */
@Component
public class WaitingDevices {

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration MIN_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** The longest wait of {@link #ask}. */
    public static final Duration MAX_ANSWER = MAX_WAIT.plus(GRACE);

    private final TaskAssignment tasks;
    private final Clock clock;
    private final WaitingPlaces places;
    private final Map<Long, Set<Waiting>> waiting = new ConcurrentHashMap<>();
    private final Map<Long, TaskAssignment.Version> seen = new ConcurrentHashMap<>();
    private final Map<Long, RoundPace> paces = new ConcurrentHashMap<>();
    private final Map<MemberKey, Waiting> newest = new ConcurrentHashMap<>();
    private volatile boolean closing;

    WaitingDevices(TaskAssignment tasks, Clock clock, WaitingPlaces places) {
        this.tasks = tasks;
        this.clock = clock;
        this.places = places;
    }

    /** A client in a run. */
    private record MemberKey(long run, String client) {}

    private static final class Waiting {
        final TaskAssignment.Question question;
        final Instant until;
        final PendingResponse<Task> result;

        Waiting(TaskAssignment.Question question, Instant until, Duration wait) {
            this.question = question;
            this.until = until;
            // The method tick ends waits; the servlet container's timeout is only a fallback.
            this.result = new PendingResponse<>(wait.plus(GRACE), WaitingDevices::nothing);
        }
    }

    /**
     * Responds at once if there is a task, else when there is one, or without a task after the wait. The only failures are
     * refusals.
     *
     * @param wait the time to wait, limited to a minute
     */
    public PendingResponse<Task> ask(TaskAssignment.Question question, Duration wait) {
        Duration longest = wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
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
     * Returns whether a query of the database can find a task: not if the device has answered the open round. The run's version is
     * recorded before the list is checked, so a device that sees an old version is on the list that is checked next.
     */
    private boolean mayHaveWork(TaskAssignment.Question question) {
        TaskAssignment.Version version = seen.get(question.run().run());
        return version == null || version.state() != RunState.RUNNING || version.round() > question.after();
    }

    /**
     * Checks all devices that wait for a run, if its version has changed since the last check. An accepted message does not change
     * the version: checking all devices for each message would make a round cost the square of its members. Refuses them if the run was
     * deleted.
     */
    public void wake(long run) {
        Set<Waiting> devices = waiting.get(run);
        if (devices == null) {
            return;
        }
        TaskAssignment.Version version = tasks.version(run).orElse(null);
        if (version == null) {
            devices.forEach(device -> device.result.refuse(RunRepository.deleted()));
            waiting.remove(run);
            seen.remove(run);
            paces.remove(run);
            return;
        }
        paces.computeIfAbsent(run, key -> new RoundPace()).note(version.round(), clock.instant());
        List<Waiting> all = version.equals(seen.put(run, version)) ? List.of() : List.copyOf(devices);
        if (!all.isEmpty()) {
            look(all.get(0).question.run(), all);
        }
    }

    /** Ends waits whose time is over, and checks the others if another replica has changed their run. */
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

    /** Returns the number of waiting devices. */
    public int count() {
        return waiting.values().stream().mapToInt(Set::size).sum();
    }

    /** Ends all waits before the web server waits for its requests to end. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
        waiting.values().forEach(devices -> devices.forEach(device -> device.result.answer(nothing())));
    }

    private ProblemException full(long run) {
        RoundPace pace = paces.get(run);
        return ProblemKind.BUSY
                .because(
                        "more devices wait for work than the coordinator holds: " + places.most(),
                        "repeat the request after the time in Retry-After, or without wait")
                .retryAfter(pace == null ? pause() : pause().plus(pace.untilNext(clock.instant())));
    }

    /** Returns whether a place was free. */
    private boolean enter(Waiting device) {
        if (!places.take()) {
            return false;
        }
        Set<Waiting> devices =
                waiting.computeIfAbsent(device.question.run().run(), run -> ConcurrentHashMap.newKeySet());
        devices.add(device);
        MemberKey key = new MemberKey(device.question.run().run(), device.question.client());
        device.result.onceDone(() -> {
            newest.remove(key, device);
            leave(devices, device);
        });
        Waiting older = newest.put(key, device);
        if (older != null) {
            older.result.answer(nothing());
        }
        return true;
    }

    private void leave(Set<Waiting> devices, Waiting device) {
        if (devices.remove(device)) {
            places.free();
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

    /** Returns 204 with a pause that differs between devices, so that they do not all return at once. */
    private static ResponseEntity<Task> nothing() {
        return ResponseEntity.status(HttpStatus.NO_CONTENT)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(pause().toSeconds()))
                .build();
    }

    private static Duration pause() {
        return Duration.ofSeconds(
                ThreadLocalRandom.current().nextLong(MIN_PAUSE.toSeconds(), MAX_PAUSE.toSeconds() + 1));
    }
}
