package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

class PendingResponseTest {

    private final PendingResponse<String> later =
            new PendingResponse<>(Duration.ofSeconds(1), () -> ResponseEntity.ok("late"));

    @Test
    void keepsTheFirstOutcome() {
        later.answer(ResponseEntity.ok("first"));
        later.refuse(new IllegalStateException("second"));
        later.late();

        assertThat(later.outcome().join().getBody()).isEqualTo("first");
    }

    @Test
    void answersWithItsTimeoutResponse() {
        later.late();

        assertThat(later.outcome().join().getBody()).isEqualTo("late");
    }

    @Test
    void answersWithAProblemWithoutATimeoutResponse() {
        PendingResponse<String> other = new PendingResponse<>(Duration.ofSeconds(1), new CompletableFuture<>());

        other.late();

        assertThatThrownBy(() -> other.outcome().join()).hasCauseInstanceOf(AsyncRequestTimeoutException.class);
    }

    @Test
    void runsItsCallbackOnceEvenIfTheClientIsGone() {
        AtomicInteger done = new AtomicInteger();
        later.onceDone(done::incrementAndGet);

        later.gone();
        later.answer(ResponseEntity.ok("to nobody"));

        assertThat(done).hasValue(1);
        assertThat(later.outcome()).isCancelled();
    }
}
