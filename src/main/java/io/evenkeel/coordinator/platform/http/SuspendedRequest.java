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
 * A request whose answer is not there yet, and which no thread waits for. Thread-safe.
 *
 * <p>Its answer is written by whichever thread has it, under a lock that the container's own events take too. So the response is
 * left alone once the container has ended the request and may use it for another.
 */
final class SuspendedRequest implements AsyncListener {

    private static final String ATTRIBUTE = SuspendedRequest.class.getName();

    private final AsyncContext async;
    private final ResponseWriter writer;

    /** What the log lines of its first thread said of it. */
    private final @Nullable Map<String, String> context;

    private PendingResponse<?> later;
    private @Nullable Ways ways;
    private boolean hasFirstLine;
    private boolean over;

    /** How an answer gets out: the container's request and response, or nearly so, as it needs nothing of what filters wrap around them. */
    private record Ways(HttpServletRequest request, HttpServletResponse response) {}

    private SuspendedRequest(AsyncContext async, PendingResponse<?> later, ResponseWriter writer) {
        this.async = async;
        this.later = later;
        this.writer = writer;
        this.context = MDC.getCopyOfContextMap();
    }

    /** Has a request wait. Its answer is not written before {@link #begin}. */
    static void start(HttpServletRequest request, PendingResponse<?> later, ResponseWriter writer) {
        AsyncContext async = request.startAsync();
        async.setTimeout(later.patience().toMillis());
        SuspendedRequest waiting = new SuspendedRequest(async, later, writer);
        async.addListener(waiting);
        request.setAttribute(ATTRIBUTE, waiting);
    }

    static @Nullable SuspendedRequest in(HttpServletRequest request) {
        return (SuspendedRequest) request.getAttribute(ATTRIBUTE);
    }

    /** Writes the answer as soon as it is there, as nobody else writes any more. */
    void begin(HttpServletRequest request, HttpServletResponse response) {
        PendingResponse<?> first;
        synchronized (this) {
            ways = new Ways(request, response);
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
            ends = !over && ways != null && write(ways.request(), ways.response());
            over |= ends;
        }
        if (ends) {
            ResponseWriterEndpoint.complete(async);
        }
    }

    /** Writes what is there; tells whether that is all. */
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
            // The caller is gone.
            return true;
        } catch (RuntimeException | Error e) {
            writer.fail(response, e);
            return true;
        }
    }

    /** The answer it is given then has to be written before the container goes on. */
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
        // Nobody brings it back, so nobody has it wait again.
    }
}
