package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A request that waits for its response without occupying a thread. Thread-safe.
 *
 * <p>The response is written under a lock that the handlers of the container's events (timeout, error,
 * completion) also take. So nothing writes to the response once the container has ended the request and may
 * reuse its objects.
 */
final class SuspendedRequest implements AsyncListener {

    private static final String ATTRIBUTE = SuspendedRequest.class.getName();

    private final AsyncContext async;
    private final ResponseWriter writer;

    /** The logging context of the thread that received the request. */
    private final @Nullable Map<String, String> context;

    private PendingResponse<?> later;
    private @Nullable Exchange exchange;
    private boolean hasFirstLine;
    private boolean over;

    /** The request and response without the wrappers of most filters. */
    private record Exchange(HttpServletRequest request, HttpServletResponse response) {}

    private SuspendedRequest(AsyncContext async, PendingResponse<?> later, ResponseWriter writer) {
        this.async = async;
        this.later = later;
        this.writer = writer;
        this.context = MDC.getCopyOfContextMap();
    }

    /** Suspends a request. Its response is not written before {@link #begin}. */
    static void start(HttpServletRequest request, PendingResponse<?> later, ResponseWriter writer) {
        AsyncContext async = request.startAsync();
        async.setTimeout(later.timeout().toMillis());
        SuspendedRequest waiting = new SuspendedRequest(async, later, writer);
        async.addListener(waiting);
        request.setAttribute(ATTRIBUTE, waiting);
    }

    static @Nullable SuspendedRequest in(HttpServletRequest request) {
        return (SuspendedRequest) request.getAttribute(ATTRIBUTE);
    }

    /**
     * Allows the response to be written as soon as it is available. Called when the request's own thread has
     * added all headers.
     */
    void begin(HttpServletRequest request, HttpServletResponse response) {
        PendingResponse<?> first;
        synchronized (this) {
            exchange = new Exchange(request, response);
            first = later;
        }
        if (first.outcome().isDone()) {
            answer();
        } else {
            awaits(first);
        }
    }

    private void awaits(PendingResponse<?> outstanding) {
        outstanding.onceDone(() -> writer.execute(this::answer));
    }

    private void answer() {
        boolean ends;
        synchronized (this) {
            ends = !over && exchange != null && write(exchange.request(), exchange.response());
            over |= ends;
        }
        if (ends) {
            ResponseWriterEndpoint.complete(async);
        }
    }

    /** Writes the part of the response that is available; returns whether the response is complete. */
    private boolean write(HttpServletRequest request, HttpServletResponse response) {
        if (!later.outcome().isDone()) {
            return false;
        }
        try {
            if (hasFirstLine) {
                writer.writeSecond(response, later);
                return true;
            }
            Supplier<? extends PendingResponse<?>> second = later.second();
            if (second == null || !writer.writeFirst(request, response, later)) {
                writer.writeWhole(request, response, later, context);
                return true;
            }
            hasFirstLine = true;
            later = second.get();
            if (later.outcome().isDone()) {
                return write(request, response);
            }
            awaits(later);
            return false;
        } catch (IOException e) {
            // The connection is broken.
            return true;
        } catch (RuntimeException | Error e) {
            writer.fail(response, e);
            return true;
        }
    }

    /**
     * Writes the response for a timeout. Must do so before it returns, because the container ends the request
     * afterwards.
     */
    @Override
    public void onTimeout(AsyncEvent event) {
        synchronized (this) {
            later.late();
        }
        answer();
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end();
        WrittenBody.answered(async.getRequest());
    }

    private void end() {
        PendingResponse<?> outstanding;
        synchronized (this) {
            over = true;
            outstanding = later;
        }
        outstanding.gone();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // The request is never dispatched again, so it is suspended only once.
    }
}
