package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.task.WaitingPlaces;
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
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Holds the long polls of members that wait for the others of their cohort, without a thread for each. They share the places of devices that
 * wait for work; a request without a place is answered at once. Thread-safe.
 *
 * <p>A member is added to the list before its answer is looked for, and the whole list is checked when the run's attempt has moved on. So no
 * change is missed.
 */
@Component
public class WaitingMembers {

    static final String FRAME_VALUE = "application/vnd.evenkeel.secagg";

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int MAX_PAUSE_SECONDS = 3;

    private final StepAnswers answers;
    private final WaitingPlaces places;
    private final Clock clock;
    private final Map<Long, Set<Waiting>> waiting = new ConcurrentHashMap<>();
    private final Map<Long, StepAnswers.Version> seen = new ConcurrentHashMap<>();
    private volatile boolean closing;

    WaitingMembers(StepAnswers answers, WaitingPlaces places, Clock clock) {
        this.answers = answers;
        this.places = places;
        this.clock = clock;
    }

    private static final class Waiting {
        final StepAnswers.Question question;
        final Instant until;
        final PendingResponse<Object> result;

        Waiting(StepAnswers.Question question, Instant until, Duration wait) {
            this.question = question;
            this.until = until;
            // The method tick ends waits; the servlet container's timeout is only a fallback.
            this.result = new PendingResponse<>(wait.plus(GRACE), WaitingMembers::nothing);
        }
    }

    /**
     * Responds at once if the question can be answered, else when it can, or without an answer after the wait.
     *
     * @param wait the time to wait, limited to a minute
     */
    PendingResponse<Object> ask(StepAnswers.Question question, Duration wait) {
        Duration longest = wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
        Waiting member = new Waiting(question, clock.instant().plus(longest), longest);
        try {
            boolean waits = !longest.isZero() && !closing && enter(member);
            look(member);
            if (!waits || closing) {
                member.result.answer(nothing());
            }
        } catch (RuntimeException e) {
            member.result.refuse(e);
        }
        return member.result;
    }

    /** Answers those who wait for a run's attempt, if it has moved on since the last time. */
    public void wake(long run) {
        Set<Waiting> members = waiting.get(run);
        if (members == null || members.isEmpty()) {
            return;
        }
        StepAnswers.Version version = answers.version(run).orElse(null);
        if (version != null && !version.equals(seen.put(run, version))) {
            List.copyOf(members).forEach(this::look);
        }
    }

    /** Ends waits whose time is over, and answers the others if another replica has moved their attempt on. */
    public void tick() {
        Instant now = clock.instant();
        waiting.forEach((run, members) -> {
            wake(run);
            members.forEach(member -> {
                if (!now.isBefore(member.until)) {
                    member.result.answer(nothing());
                }
            });
        });
    }

    /** Ends all waits before the web server waits for its requests to end. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
        waiting.values().forEach(members -> members.forEach(member -> member.result.answer(nothing())));
    }

    private boolean enter(Waiting member) {
        if (!places.take()) {
            return false;
        }
        Set<Waiting> members =
                waiting.computeIfAbsent(member.question.turn().run().run(), run -> ConcurrentHashMap.newKeySet());
        members.add(member);
        member.result.onceDone(() -> {
            if (members.remove(member)) {
                places.free();
            }
        });
        return true;
    }

    private void look(Waiting member) {
        try {
            Optional<Object> answer = answers.answer(member.question);
            answer.ifPresent(found -> member.result.answer(response(found)));
        } catch (RuntimeException e) {
            member.result.refuse(e);
        }
    }

    private static ResponseEntity<Object> response(Object answer) {
        if (answer instanceof StepAnswers.Undecided) {
            return nothing();
        }
        ResponseEntity.BodyBuilder response = ResponseEntity.ok().cacheControl(CacheControl.noStore());
        return (answer instanceof byte[] ? response.contentType(MediaType.parseMediaType(FRAME_VALUE)) : response)
                .body(answer);
    }

    /** Returns 204 with a pause that differs between members, so that they do not all return at once. */
    private static ResponseEntity<Object> nothing() {
        return ResponseEntity.status(HttpStatus.NO_CONTENT)
                .header(
                        HttpHeaders.RETRY_AFTER,
                        Integer.toString(ThreadLocalRandom.current().nextInt(1, MAX_PAUSE_SECONDS + 1)))
                .build();
    }
}
