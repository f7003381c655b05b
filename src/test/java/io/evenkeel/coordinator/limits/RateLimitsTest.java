package io.evenkeel.coordinator.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class RateLimitsTest {

    private final Turned time = new Turned();
    private final RateLimits limits = new RateLimits(settings(10), time);

    @Test
    void letsACallerSendBurstsOfFiveSecondsAndThenItsRate() {
        for (int i = 0; i < 50; i++) {
            request("a", 0);
        }
        assertThat(refusal(() -> request("a", 0)).retryAfter())
                .hasValueSatisfying(pause -> assertThat(pause).isLessThanOrEqualTo(Duration.ofMillis(100)));
        time.advance(Duration.ofMillis(100));
        request("a", 0);
        refusal(() -> request("a", 0));
    }

    @Test
    void limitsEachCallerSeparately() {
        for (int i = 0; i < 50; i++) {
            request("a", 0);
        }
        refusal(() -> request("a", 0));
        assertThatCode(() -> request("b", 0)).doesNotThrowAnyException();
    }

    @Test
    void acceptsALongBodyAndDelaysTheNextRequestOfItsSender() {
        request("a", 15_000);
        assertThat(refusal(() -> request("a", 1)).retryAfter())
                .hasValueSatisfying(
                        pause -> assertThat(pause).isBetween(Duration.ofMillis(4990), Duration.ofMillis(5010)));
        time.advance(Duration.ofMillis(5010));
        request("a", 1);
    }

    @Test
    void delaysTheSenderOfAnyBodyForAMinuteAtMost() {
        for (int i = 0; i < 3; i++) {
            limits.received("a", Integer.MAX_VALUE);
        }
        assertThat(refusal(() -> request("a", 0)).retryAfter())
                .hasValueSatisfying(
                        pause -> assertThat(pause).isBetween(Duration.ofSeconds(59), Duration.ofMillis(60_010)));
        time.advance(Duration.ofMillis(60_010));
        request("a", 0);
    }

    @Test
    void countsBodiesAsTheyArrive() {
        try (RateLimits.Visit visit = limits.request("a")) {
            assertThat(visit).isNotNull();
            limits.received("a", 10_000);
            refusal(() -> request("a", 0));
        }
    }

    /** Simulates a failing bucket, for example with a count beyond its range. */
    @Test
    void releasesTheThreadAfterAFailure() {
        RateLimits failing = new RateLimits(settings(10), new FailingTime());
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> failing.request("a")).hasMessage("no time");
        }
    }

    @Test
    void limitsEnrolmentsOfAnAddressByTheMinute() {
        for (int i = 0; i < 3; i++) {
            limits.enrolment("192.0.2.1");
        }
        refusal(() -> limits.enrolment("192.0.2.1"));
        limits.enrolment("192.0.2.2");
        time.advance(Duration.ofSeconds(20));
        limits.enrolment("192.0.2.1");
    }

    @Test
    void doesNotQueryTheDatabaseForAnAddressWithManyFailures() {
        limits.requireFewFailures("192.0.2.1");
        limits.failed("192.0.2.1");
        limits.failed("192.0.2.1");
        limits.failed("192.0.2.1");
        refusal(() -> limits.requireFewFailures("192.0.2.1"));
        refusal(() -> limits.enrolment("192.0.2.1"));
        time.advance(Duration.ofSeconds(59));
        assertThat(refusal(() -> limits.requireFewFailures("192.0.2.1")).retryAfter())
                .contains(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(1));
        limits.requireFewFailures("192.0.2.1");
    }

    /** A continuously refilled bucket would allow nearly twice as many. */
    @Test
    void limitsFailuresInAnyMinute() {
        int through = 0;
        for (int i = 0; i < 59; i++) {
            try {
                limits.requireFewFailures("192.0.2.1");
                limits.failed("192.0.2.1");
                through++;
            } catch (ProblemException tooMany) {
                assertThat(tooMany.problem()).isEqualTo(ProblemKind.TOO_MANY_REQUESTS);
            }
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(through).isEqualTo(2);
    }

    @Test
    void countsAnIpv6NetworkAsOneAddress() {
        limits.failed("2001:db8:1:2:3:4:5:6");
        limits.failed("2001:db8:1:2:ffff:0:0:1");
        refusal(() -> limits.requireFewFailures("2001:db8:1:2:0:0:0:9"));
        limits.requireFewFailures("2001:db8:1:3:0:0:0:9");
    }

    @Test
    void remembersAtMostTheConfiguredNumberOfCallers() {
        for (int i = 0; i < 100_000; i++) {
            request("caller " + i, 0);
            limits.failed("address " + i);
        }
        assertThat(limits.remembered()).isLessThanOrEqualTo(2 * 50);
    }

    @Test
    void refusesLimitsOfZero() {
        assertThatThrownBy(() -> settings(0)).hasMessageContaining("evenkeel.limits.requests-per-second is 0");
    }

    @Test
    void limitsACallersShareOfThreads() {
        List<RateLimits.Visit> busy = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            busy.add(limits.request("a"));
            busy.add(limits.anonymous("192.0.2.1"));
        }
        refusal(() -> request("a", 0));
        refusal(() -> limits.anonymous("192.0.2.1").close());
        request("b", 0);
        busy.forEach(RateLimits.Visit::close);
        request("a", 0);
    }

    @Test
    void aRefusedRequestOccupiesNoThread() {
        for (int i = 0; i < 100; i++) {
            try {
                request("a", 0);
            } catch (ProblemException tooFast) {
                time.advance(Duration.ofMillis(1));
            }
        }
        time.advance(Duration.ofSeconds(1));
        request("a", 0);
    }

    @Test
    void requiresAMinimumRateOfABodyAfterHalfAMinute() {
        long start = limits.nanos();
        time.advance(Duration.ofSeconds(30));
        limits.requireProgress(start, 1);
        time.advance(Duration.ofSeconds(1));
        limits.requireProgress(start, 100);
        assertThatThrownBy(() -> limits.requireProgress(start, 99))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        slow -> assertThat(slow.problem()).isEqualTo(ProblemKind.TOO_SLOW));
    }

    @Test
    void attributeChangesPerHourAreLimited() {
        for (int i = 0; i < 3; i++) {
            limits.attributeChange("a");
        }
        assertThat(refusal(() -> limits.attributeChange("a")).getMessage()).contains("changes its attributes");
        limits.attributeChange("b");
        time.advance(Duration.ofMinutes(20));
        limits.attributeChange("a");
    }

    private void request(String caller, int bytes) {
        try (RateLimits.Visit visit = limits.request(caller)) {
            assertThat(visit).isNotNull();
            limits.received(caller, bytes);
        }
    }

    private static LimitSettings settings(int requests) {
        return new LimitSettings(requests, DataSize.ofBytes(1000), 3, 2, 4, 4, DataSize.ofBytes(100), 3, 50);
    }

    private static ProblemException refusal(Runnable request) {
        try {
            request.run();
        } catch (ProblemException refused) {
            assertThat(refused.problem()).isEqualTo(ProblemKind.TOO_MANY_REQUESTS);
            return refused;
        }
        throw new AssertionError("it was let through");
    }

    /** Fails from the second call on, since the first call creates the caller's buckets. */
    private static final class FailingTime implements TimeMeter {

        private int calls;

        @Override
        public long currentTimeNanos() {
            if (calls++ >= 3) {
                throw new IllegalStateException("no time");
            }
            return 0;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    private static final class Turned implements TimeMeter {

        private long nanos = 1L << 40;

        void advance(Duration by) {
            nanos += by.toNanos();
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
