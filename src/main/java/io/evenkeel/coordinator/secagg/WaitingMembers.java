package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.platform.http.LongPolls;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
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
 * Holds the requests of members that wait for the rest of their cohort. These requests share one limit with those of
 * devices that wait for work; requests beyond it are answered at once. Thread-safe.
 */
@Component
public class WaitingMembers {

    static final String FRAME_VALUE = "application/vnd.evenkeel.secagg";

    private static final int MAX_PAUSE_SECONDS = 3;

    private final StepAnswers answers;
    private final LongPolls<StepAnswers.Question, Object> polls;
    private final Map<Long, StepAnswers.Version> seen = new ConcurrentHashMap<>();

    WaitingMembers(StepAnswers answers, LongPolls.Limit limit, Clock clock) {
        this.answers = answers;
        this.polls = new LongPolls<>(limit, clock);
    }

    /**
     * Responds as soon as the question can be answered, or with 204 after the wait.
     *
     * @param wait the time to wait, limited to a minute
     */
    PendingResponse<Object> ask(StepAnswers.Question question, Duration wait) {
        return polls.ask(question, wait, member -> nothing(), member -> {
            boolean waits = polls.enter(member, question.turn().run().run(), null);
            look(member);
            if (!waits) {
                member.end();
            }
        });
    }

    /** Answers the members that wait for a run's attempt, if its state has changed since the last time. */
    public void wake(long run) {
        if (polls.in(run).isEmpty()) {
            return;
        }
        StepAnswers.Version version = answers.version(run).orElse(null);
        if (version != null && !version.equals(seen.put(run, version))) {
            polls.in(run).forEach(this::look);
        }
    }

    /** Ends waits that have timed out, and answers the others if another replica has advanced their attempt. */
    public void tick() {
        polls.groups().forEach(this::wake);
        seen.keySet().retainAll(polls.groups());
        polls.endOverdue();
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        polls.close();
    }

    private void look(LongPolls.Poll<StepAnswers.Question, Object> member) {
        try {
            answers.answer(member.question()).ifPresent(found -> member.answer(response(found)));
        } catch (RuntimeException e) {
            member.refuse(e);
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

    /** Returns 204 with a random Retry-After, so that members do not all retry at once. */
    private static ResponseEntity<Object> nothing() {
        return ResponseEntity.status(HttpStatus.NO_CONTENT)
                .header(
                        HttpHeaders.RETRY_AFTER,
                        Integer.toString(ThreadLocalRandom.current().nextInt(1, MAX_PAUSE_SECONDS + 1)))
                .build();
    }
}
