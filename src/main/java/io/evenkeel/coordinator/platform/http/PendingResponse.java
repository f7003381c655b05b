package io.evenkeel.coordinator.platform.http;

import io.evenkeel.core.heap.HeapBudget;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/**
 * A controller's response that is not available yet: the request waits without occupying a thread. Only the
 * first result is used. Thread-safe.
 *
 * <p>Spring's {@code DeferredResult} dispatches a request to the servlet again once it is answered.
 * {@link SuspendedRequest} writes the response without that dispatch; src/RATIONALE.md has the measurement.
 *
 * @param <T> the body's type
 */
public final class PendingResponse<T> {

    /** The number of bytes that the web server keeps for a waiting request. */
    public static final int REQUEST_BYTES = HeapBudget.WAITING_BYTES;

    private Duration timeout;
    private final Runnable whenLate;
    private final CompletableFuture<ResponseEntity<T>> answer;
    private @Nullable Supplier<? extends PendingResponse<?>> second;

    /** Creates a response that becomes the problem {@code busy} if it is not answered in time. */
    public PendingResponse(Duration timeout, CompletionStage<ResponseEntity<T>> answer) {
        this.timeout = timeout;
        this.whenLate = () -> refuse(new AsyncRequestTimeoutException());
        this.answer = answer.toCompletableFuture();
    }

    /** Creates a response that becomes the result of {@code whenLate} if it is not answered in time. */
    public PendingResponse(Duration timeout, Supplier<ResponseEntity<T>> whenLate) {
        this.timeout = timeout;
        this.whenLate = () -> answer(whenLate.get());
        this.answer = new CompletableFuture<>();
    }

    /** Answers the request, unless it was already answered. */
    public void answer(ResponseEntity<T> found) {
        answer.complete(found);
    }

    /** Answers the request with a problem, unless it was already answered. */
    public void refuse(RuntimeException problem) {
        answer.completeExceptionally(problem);
    }

    /**
     * Sends the answer as the first of two lines of JSON as soon as it is available; a refusal is sent as a
     * complete response instead. The second line is the body of another response, or
     * {@code {"retryAfter": seconds}} if that response has only a Retry-After and no body. If that response
     * is a refusal, the second line is omitted.
     *
     * @param longest the maximum time to wait for the second line
     * @param other called once the first line is sent; returns the response for the second line, and never
     *     fails
     */
    public PendingResponse<T> then(Duration longest, Supplier<? extends PendingResponse<?>> other) {
        timeout = timeout.plus(longest);
        second = other;
        return this;
    }

    @Nullable
    Supplier<? extends PendingResponse<?>> second() {
        return second;
    }

    /** Runs a callback once the request is answered or its connection is broken. */
    public void onceDone(Runnable work) {
        CompletableFuture<?> ignored = answer.whenComplete((found, failure) -> work.run());
    }

    Duration timeout() {
        return timeout;
    }

    void late() {
        whenLate.run();
    }

    void gone() {
        answer.cancel(false);
    }

    /** Returns the answer, or the problem that replaces it. */
    public CompletableFuture<ResponseEntity<T>> outcome() {
        return answer;
    }
}
