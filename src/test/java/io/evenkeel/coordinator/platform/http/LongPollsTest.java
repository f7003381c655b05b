package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;

class LongPollsTest {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final long RUN = 7;

    private final TurnedClock clock = new TurnedClock();
    private final LongPolls.Limit limit = new LongPolls.Limit(2);
    private final LongPolls<String, String> polls = new LongPolls<>(limit, clock);
    private final List<Boolean> entered = new ArrayList<>();

    /** Sends a request from a caller that may have one request in a group. */
    private PendingResponse<String> ask(long group, String caller, Duration wait) {
        return polls.ask(
                "question of " + caller,
                wait,
                poll -> ResponseEntity.ok("nothing after " + poll.timeout().toSeconds() + " s"),
                poll -> entered.add(polls.enter(poll, group, caller)));
    }

    private static String answer(PendingResponse<String> response) {
        return String.valueOf(
                response.outcome().getNow(ResponseEntity.ok("waits")).getBody());
    }

    private static PendingResponse<String> ask(
            LongPolls<String, String> polls, Consumer<LongPolls.Poll<String, String>> look) {
        return polls.ask("question", WAIT, poll -> ResponseEntity.ok("nothing"), look);
    }

    @Test
    void aRequestWaitsInItsGroupUntilItIsAnswered() {
        PendingResponse<String> response = ask(RUN, "a", WAIT);

        assertThat(answer(response)).isEqualTo("waits");
        assertThat(polls.groups()).containsExactly(RUN);
        assertThat(polls.in(RUN)).extracting(LongPolls.Poll::question).containsExactly("question of a");
        assertThat(polls.in(RUN + 1)).isEmpty();
        assertThat(limit.isWaiting("a")).isTrue();
        polls.in(RUN).get(0).answer(ResponseEntity.ok("work"));
        assertThat(answer(response)).isEqualTo("work");
        assertThat(polls.count()).isZero();
        assertThat(polls.groups()).isEmpty();
        assertThat(limit.isWaiting("a")).isFalse();
    }

    @Test
    void aRequestWithoutAWaitDoesNotEnter() {
        ask(RUN, "a", Duration.ZERO);

        assertThat(entered).containsExactly(false);
        assertThat(polls.count()).isZero();
    }

    @Test
    void theLimitAppliesToAllRegistriesAndEndedRequestsReleaseTheirPlaces() {
        LongPolls<String, String> others = new LongPolls<>(limit, clock);
        PendingResponse<String> first = ask(RUN, "a", WAIT);
        ask(others, poll -> entered.add(others.enter(poll, RUN, null)));
        ask(RUN, "b", WAIT);
        assertThat(entered).containsExactly(true, true, false);

        first.gone();
        ask(RUN, "b", WAIT);

        assertThat(entered).endsWith(true);
        assertThat(polls.count() + others.count()).isEqualTo(2);
    }

    @Test
    void aNewerRequestEndsTheOlderOneOfTheSameCallerInAGroup() {
        PendingResponse<String> older = ask(RUN, "a", WAIT);
        PendingResponse<String> newer = ask(RUN, "a", WAIT);

        assertThat(answer(older)).isEqualTo("nothing after 20 s");
        assertThat(answer(newer)).isEqualTo("waits");
        assertThat(polls.count()).isOne();
        ask(RUN + 1, "a", WAIT);
        assertThat(answer(newer)).isEqualTo("waits");
    }

    @Test
    void aCallerWithoutANameMayHaveMoreThanOneRequest() {
        PendingResponse<String> first = ask(polls, poll -> polls.enter(poll, RUN, null));
        ask(polls, poll -> polls.enter(poll, RUN, null));

        assertThat(answer(first)).isEqualTo("waits");
        assertThat(polls.count()).isEqualTo(2);
    }

    @Test
    void waitsEndWhenTheyTimeOutAndAreLimitedToAMinute() {
        PendingResponse<String> shorter = ask(RUN, "a", WAIT);
        PendingResponse<String> longer = ask(RUN, "b", Duration.ofHours(1));
        polls.endOverdue();
        assertThat(answer(shorter)).isEqualTo("waits");

        clock.advance(WAIT);
        polls.endOverdue();

        assertThat(answer(shorter)).isEqualTo("nothing after 20 s");
        assertThat(answer(longer)).isEqualTo("waits");
        clock.advance(Duration.ofSeconds(40));
        polls.endOverdue();
        assertThat(answer(longer)).isEqualTo("nothing after 60 s");
        assertThat(polls.count()).isZero();
    }

    @Test
    void aFailedLookupIsTheAnswer() {
        IllegalStateException failure = new IllegalStateException("no such run");

        PendingResponse<String> response = ask(polls, poll -> {
            polls.enter(poll, RUN, "a");
            throw failure;
        });

        assertThat(response.outcome()).isCompletedExceptionally();
        assertThat(response.outcome().handle((found, e) -> e).join())
                .satisfiesAnyOf(
                        e -> assertThat(e).isSameAs(failure),
                        e -> assertThat(e)
                                .isInstanceOf(CompletionException.class)
                                .hasCause(failure));
        assertThat(polls.count()).isZero();
    }

    @Test
    void requestsOfADeletedGroupAreRefused() {
        PendingResponse<String> response = ask(RUN, "a", WAIT);
        PendingResponse<String> other = ask(RUN + 1, "a", WAIT);

        polls.refuse(RUN, IllegalStateException::new);

        assertThat(response.outcome()).isCompletedExceptionally();
        assertThat(answer(other)).isEqualTo("waits");
        assertThat(polls.groups()).containsExactly(RUN + 1);
        assertThat(polls.count()).isOne();
    }

    @Test
    void closingEndsAllWaitsAndAdmitsNoNewOnes() {
        PendingResponse<String> response = ask(RUN, "a", WAIT);

        polls.close();

        assertThat(answer(response)).isEqualTo("nothing after 20 s");
        assertThat(answer(ask(RUN, "a", WAIT))).isEqualTo("nothing after 0 s");
        assertThat(polls.count()).isZero();
    }

    /** Simulates a request that enters its group only after {@code close} has completed that group's requests. */
    @Test
    void aRequestThatEntersWhileTheCoordinatorStopsIsAnswered() {
        PendingResponse<String> response = ask(polls, poll -> {
            polls.close();
            polls.enter(poll, RUN, "a");
        });

        assertThat(answer(response)).isEqualTo("nothing");
        assertThat(polls.count()).isZero();
    }
}
