package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.platform.HeapBudget;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/**
 * What a controller returns whose answer is not there yet: the request waits, and no thread does. The first outcome counts.
 * Thread-safe.
 *
 * <p>Spring's own {@code DeferredResult} takes the request through all filters and the dispatcher once more when it is answered, which
 * costs as much as the request did. Here the answer is just written, by {@link SuspendedRequest}.
 *
 * @param <T> the body's type
 */
public final class PendingResponse<T> {

    /** Bytes that the web server keeps of a request that waits. */
    public static final int REQUEST_BYTES = HeapBudget.WAITING_BYTES;

    private Duration patience;
    private final Runnable whenLate;
    private final CompletableFuture<ResponseEntity<T>> answer;
    private @Nullable Supplier<? extends PendingResponse<?>> second;

    /** An answer that is refused as {@code busy} if it is not there in time. */
    public PendingResponse(Duration patience, CompletionStage<ResponseEntity<T>> answer) {
        this.patience = patience;
        this.whenLate = () -> refuse(new AsyncRequestTimeoutException());
        this.answer = answer.toCompletableFuture();
    }

    /** An answer that is what {@code whenLate} gives if there is no other in time. */
    public PendingResponse(Duration patience, Supplier<ResponseEntity<T>> whenLate) {
        this.patience = patience;
        this.whenLate = () -> answer(whenLate.get());
        this.answer = new CompletableFuture<>();
    }

    /** Answers, unless it is answered. */
    public void answer(ResponseEntity<T> found) {
        answer.complete(found);
    }

    /** Answers with a problem, unless it is answered. */
    public void refuse(RuntimeException problem) {
        answer.completeExceptionally(problem);
    }

    /**
     * Has the answer, unless it is refused, be the first of two lines of JSON, sent as soon as it is there. The request then waits for
     * the second: what that is answered with; or {@code {"retryAfter": seconds}} if it is only told to come back; or nothing, if it is
     * refused.
     *
     * @param longest how long that may take beside the first
     * @param other gives the second line's answer, once the first is sent; does not fail
     */
    public PendingResponse<T> then(Duration longest, Supplier<? extends PendingResponse<?>> other) {
        patience = patience.plus(longest);
        second = other;
        return this;
    }

    @Nullable
    Supplier<? extends PendingResponse<?>> second() {
        return second;
    }

    /** Has something done once it is answered, or its caller is gone. */
    public void onceDone(Runnable work) {
        CompletableFuture<?> ignored = answer.whenComplete((found, failure) -> work.run());
    }

    Duration patience() {
        return patience;
    }

    void late() {
        whenLate.run();
    }

    void gone() {
        answer.cancel(false);
    }

    CompletableFuture<ResponseEntity<T>> outcome() {
        return answer;
    }
}
