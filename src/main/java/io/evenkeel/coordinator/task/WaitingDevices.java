package io.evenkeel.coordinator.task;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.coordinator.platform.http.LongPolls;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.time.ElapsedTime;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Holds the requests of devices that wait for a task. Each device has at most one waiting request: a newer one ends the
 * older one. Requests beyond the limit get a Retry-After of about the expected time until the next round. Thread-safe.
 */
@Component
public class WaitingDevices {

    private static final Duration MIN_PAUSE = Duration.ofSeconds(1);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    /**
     * The time after which a device's number of receipts is compared again. The database may fall back to an earlier
     * state while the coordinator runs, for example when a lagging standby takes over.
     */
    private static final Duration VERIFIED_FOR = Duration.ofMinutes(10);

    private static final int MAX_VERIFIED = 100_000;

    private final TaskAssignment tasks;
    private final Clock clock;
    private final LongPolls<TaskAssignment.Question, Task> polls;
    private final Map<Long, TaskAssignment.Version> seen = new ConcurrentHashMap<>();
    private final Cache<Asker, Long> verified;
    private final Map<Long, RoundPace> paces = new ConcurrentHashMap<>();

    WaitingDevices(TaskAssignment tasks, Clock clock, ElapsedTime time, LongPolls.Limit limit) {
        this.tasks = tasks;
        this.clock = clock;
        this.verified = Caffeine.newBuilder()
                .maximumSize(MAX_VERIFIED)
                .expireAfterWrite(VERIFIED_FOR)
                .ticker(time::nanos)
                .build();
        this.polls = new LongPolls<>(limit, clock);
    }

    /** A device that waits for the tasks of a run. */
    private record Asker(long run, String client) {

        static Asker of(TaskAssignment.Question question) {
            return new Asker(question.run().run(), question.client());
        }
    }

    /**
     * Responds as soon as there is a task, or with 204 after the wait. Fails only with refusals.
     *
     * @param wait the time to wait, limited to a minute
     */
    public PendingResponse<Task> ask(TaskAssignment.Question question, Duration wait) {
        return polls.ask(question, wait, device -> nothing(), this::ask);
    }

    private void ask(LongPolls.Poll<TaskAssignment.Question, Task> device) {
        TaskAssignment.Question question = device.question();
        long run = question.run().run();
        if (polls.enter(device, run, question.client())) {
            if (mayHaveWork(question)) {
                look(question.run(), List.of(device));
            }
            return;
        }
        boolean waits = !device.timeout().isZero();
        Optional<Task> task = !waits || mayHaveWork(question) ? tasks.answer(question) : Optional.empty();
        if (task.isEmpty() && waits) {
            throw full(run);
        }
        device.answer(task.map(ResponseEntity::ok).orElseGet(WaitingDevices::nothing));
    }

    /**
     * Returns whether the database may have a task for the device. It has none if the device has answered the open
     * round, unless the device has receipts that the run may not know. The run's version is recorded before the list of
     * waiting devices is checked, so a device that sees an old version is on the list that is checked next.
     */
    private boolean mayHaveWork(TaskAssignment.Question question) {
        TaskAssignment.Version version = seen.get(question.run().run());
        return version == null
                || (question.sequence() != null
                        && !question.sequence().equals(verified.getIfPresent(Asker.of(question))))
                || version.mayAnswer(question.after());
    }

    /**
     * Checks all devices that wait for a run if its version has changed since the last check; refuses them if the run
     * was deleted. An accepted message does not change the version: if each message caused a check of all devices, the
     * cost of a round would grow with the square of its members.
     */
    public void wake(long run) {
        if (!polls.groups().contains(run)) {
            // Without a recorded version, the next device that arrives is checked.
            seen.remove(run);
            return;
        }
        TaskAssignment.Version version = tasks.version(run).orElse(null);
        if (version == null) {
            polls.refuse(run, RunRepository::deleted);
            seen.remove(run);
            paces.remove(run);
            return;
        }
        paces.computeIfAbsent(run, key -> new RoundPace()).note(version.round(), clock.instant());
        List<LongPolls.Poll<TaskAssignment.Question, Task>> devices =
                version.equals(seen.put(run, version)) ? List.of() : polls.in(run);
        if (!devices.isEmpty()) {
            look(devices.get(0).question().run(), devices);
        }
    }

    /** Ends waits that have timed out, and checks the others if another replica has changed their run. */
    public void tick() {
        polls.groups().forEach(this::wake);
        seen.keySet().retainAll(polls.groups());
        polls.endOverdue();
    }

    /** Returns the number of waiting devices. */
    public int count() {
        return polls.count();
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        polls.close();
    }

    private ProblemException full(long run) {
        RoundPace pace = paces.get(run);
        return ProblemKind.BUSY
                .because(
                        "more devices wait for work than the maximum: " + polls.max(),
                        "repeat the request after the time in Retry-After, or without wait")
                .retryAfter(pace == null ? pause() : pause().plus(pace.untilNext(clock.instant())));
    }

    private void look(PlanCache.Known run, List<LongPolls.Poll<TaskAssignment.Question, Task>> devices) {
        try {
            List<TaskAssignment.Reply> replies = tasks.answer(
                    run, devices.stream().map(LongPolls.Poll::question).toList());
            for (int i = 0; i < devices.size(); i++) {
                respond(devices.get(i), replies.get(i));
            }
        } catch (RuntimeException e) {
            devices.forEach(device -> device.refuse(e));
        }
    }

    private void respond(LongPolls.Poll<TaskAssignment.Question, Task> device, TaskAssignment.Reply reply) {
        if (reply.task() != null) {
            device.answer(ResponseEntity.ok(reply.task()));
        } else if (reply.refusal() != null) {
            device.refuse(reply.refusal());
        } else if (device.question().sequence() != null) {
            verified.put(Asker.of(device.question()), device.question().sequence());
        }
    }

    /** Returns 204 with a random Retry-After, so that devices do not all retry at once. */
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
