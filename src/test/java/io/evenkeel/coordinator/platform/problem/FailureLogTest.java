package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {

    private final TurnedClock clock = new TurnedClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FailureLog failures = new FailureLog(clock, registry);
    private final Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        written.start();
        logger.addAppender(written);
        logger.setAdditive(false);
        // A Spring context of another test may have changed the level.
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void logsOneTraceOfAKindAndThenALineForEveryPowerOfTen() {
        String id = failures.internal(failure("number 1"));
        for (int i = 2; i <= 1_000; i++) {
            assertThat(failures.internal(failure("number " + i))).isEqualTo(id);
        }

        assertThat(written.list).hasSize(4);
        assertThat(written.list.get(0).getFormattedMessage()).contains(id);
        assertThat(traces()).isEqualTo(1);
        assertThat(written.list.get(3).getFormattedMessage())
                .contains(id, "occurrence 1000", "IllegalStateException", "FailureLogTest.failure");
        assertThat(registry.counter("evenkeel.internal.errors").count()).isEqualTo(1_000);
    }

    @Test
    void refersRepetitionsToTheTraceOfTheFirst() {
        String id = failures.internal(failure("a"));
        assertThat(failures.internal(failure("b"))).isEqualTo(id);
        assertThat(failures.internal(new IllegalArgumentException("another kind")))
                .isNotEqualTo(id);
    }

    @Test
    void logsATraceAgainAfterAQuietPeriod() {
        String id = failures.internal(failure("a"));
        clock.advance(Repetitions.QUIET.plusMillis(1));
        assertThat(failures.internal(failure("b"))).isNotEqualTo(id);
        assertThat(traces()).isEqualTo(2);
    }

    @Test
    void logsTroubleWithTheDatabaseOnceAndDoesNotCountItAsInternal() {
        for (int i = 0; i < 9; i++) {
            failures.storage(failure("no room left"));
        }
        assertThat(written.list).hasSize(1);
        assertThat(registry.counter("evenkeel.internal.errors").count()).isZero();
    }

    @Test
    void keepsABoundedNumberOfKinds() {
        for (int i = 0; i < 3 * Repetitions.MAX_KINDS; i++) {
            IllegalStateException failure = new IllegalStateException("kind " + i);
            failure.setStackTrace(
                    new StackTraceElement[] {new StackTraceElement("io.evenkeel.Any", "method", "Any.java", i)});
            assertThat(failures.internal(failure)).isNotEmpty();
        }
        assertThat(traces()).isEqualTo(Repetitions.MAX_KINDS + 1);
    }

    @Test
    void logsALineEveryTenMinutesDuringRepeatedFailures() {
        for (int minute = 0; minute <= 25; minute++) {
            failures.warn("Run 7 could not be advanced", failure("again"));
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(traces()).isEqualTo(1);
        // The log has the stack trace, a line after ten minutes, and a line after twenty minutes.
        assertThat(written.list).hasSize(3);
        assertThat(written.list).allMatch(event -> event.getFormattedMessage().contains("Run 7 could not be advanced"));
    }

    @Test
    void advisesOnARefusal() {
        failures.warn(
                "Run 7 is not compacted", ProblemKind.INSUFFICIENT_MEMORY.because("no room", "use a larger heap"));
        assertThat(written.list.get(0).getFormattedMessage())
                .startsWith("Run 7 is not compacted")
                .endsWith("no room; use a larger heap");
        assertThat(traces()).isZero();
    }

    private static IllegalStateException failure(String message) {
        return new IllegalStateException(message);
    }

    private long traces() {
        List<ILoggingEvent> events = written.list;
        return events.stream()
                .filter(event -> event.getThrowableProxy() != null)
                .count();
    }
}
