package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

class FailureTest {

    private static final String SECRET = "select secret from vault";

    static List<Exception> storageTrouble() {
        return List.of(
                new DataAccessResourceFailureException(SECRET),
                new CannotCreateTransactionException(SECRET),
                new CannotAcquireLockException(SECRET),
                new RuntimeException(
                        new UncategorizedSQLException("t", SECRET, new SQLException("full", "90028", 90028))),
                new RuntimeException(new SQLException("General error", "HY000", 50000, new IOException(SECRET))),
                new RuntimeException(new SQLException("disk full", "53100")),
                new RuntimeException(new SQLException("database has been closed", "90098", 90098)));
    }

    @ParameterizedTest
    @MethodSource("storageTrouble")
    void answersBusyIfTheDatabaseFails(Exception trouble) {
        RestTestClient.ResponseSpec answer = whenItFailsWith(trouble);
        answer.expectHeader().valueEquals("Retry-After", "5");
        Api.refused(answer, ProblemKind.STORAGE_UNAVAILABLE)
                .jsonPath("$.detail")
                .value(String.class, detail -> assertThat(detail).doesNotContain(SECRET));
    }

    @ParameterizedTest
    @MethodSource("storageTrouble")
    void answersBusyIfTheDatabaseFailsInAnotherThread(Exception trouble) {
        Api.refused(whenItFailsWith(new CompletionException(trouble)), ProblemKind.STORAGE_UNAVAILABLE);
    }

    @Test
    void hidesInternalFailuresBehindAnId() {
        for (Exception failure : List.of(
                new IllegalStateException(SECRET),
                new DataIntegrityViolationException(SECRET, new SQLException(SECRET, "23505", 23505)))) {
            Api.refused(whenItFailsWith(failure), ProblemKind.INTERNAL)
                    .jsonPath("$.id")
                    .isNotEmpty()
                    .jsonPath("$.detail")
                    .value(String.class, detail -> assertThat(detail).doesNotContain(SECRET))
                    .jsonPath("$.trace")
                    .doesNotExist();
        }
    }

    @Test
    void keepsTheStatusOfAnExceptionThatHasOne() {
        Api.refused(
                whenItFailsWith(new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE, SECRET)),
                ProblemKind.TOO_LARGE);
    }

    @Test
    void answersARefusalFromAnotherThreadUnchanged() {
        ProblemException refusal = ProblemKind.ROUND_CLOSED.because("round 3 is closed", "continue with round 4");
        Api.refused(whenItFailsWith(new ExecutionException(refusal)), ProblemKind.ROUND_CLOSED);
    }

    @Test
    void namesTheWrongByteOfABinaryBody() {
        WireException truncated = Assertions.catchThrowableOfType(
                WireException.class, () -> Message.decode(new byte[] {1, 2, 3}, FrameLimits.of(10)));
        Api.refused(whenItFailsWith(truncated), ProblemKind.INVALID_FRAME)
                .jsonPath("$.position")
                .isNumber();
    }

    @Test
    void roundsTheTimeToWaitUp() {
        ProblemException busy = ProblemKind.BUSY.because("full", "wait").retryAfter(Duration.ofMillis(1200));
        whenItFailsWith(busy).expectHeader().valueEquals("Retry-After", "2");
    }

    @Test
    void spendsNoStackTraceOnARefusal() {
        assertThat(ProblemKind.CONFLICT.because("a", "b").getStackTrace()).isEmpty();
    }

    private static RestTestClient.ResponseSpec whenItFailsWith(Exception failure) {
        return client(new Failing(failure)).get().uri("/now").exchange();
    }

    private static RestTestClient client(Failing failing) {
        return RestTestClient.bindToController(failing)
                .configureServer(server -> server.setControllerAdvice(
                        new ProblemAdvice(new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()))))
                .build();
    }

    @RestController
    static final class Failing {

        private final Exception failure;

        Failing(Exception failure) {
            this.failure = failure;
        }

        @GetMapping("/now")
        String now() throws Exception {
            return Optional.<String>empty().orElseThrow(() -> failure);
        }
    }
}
