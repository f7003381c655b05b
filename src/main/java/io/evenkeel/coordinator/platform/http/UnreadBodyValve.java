package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.http.HttpHeaders;

/**
 * Reads the rest of an unread body briefly, and closes the connection if there is more.
 *
 * <p>Requests without credentials are answered before their body is read. Tomcat would then block a thread
 * until the rest arrives, however slow the client is. Bytes that have arrived or arrive within a short time
 * are read, because otherwise the connection would be reset before an honest client has read its response.
 * Only a few threads may wait at the same time, because clients that never send their bodies could otherwise
 * block all threads.
 */
final class UnreadBodyValve extends ValveBase {

    private static final long MAX_BYTES = 1 << 20;
    private static final long MAX_NANOS = 300_000_000L;
    private static final long PAUSE_NANOS = 10_000_000L;
    private static final int BUFFER = 1 << 14;
    private static final int MAX_WAITING = 20;

    private final Semaphore waiting = new Semaphore(MAX_WAITING);

    UnreadBodyValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (!request.isAsync() && !drain(request)) {
            if (!response.isCommitted()) {
                response.setHeader(HttpHeaders.CONNECTION, "close");
            }
            // Finishes the response first, because closing the connection would set the status of an unsent
            // response to 500.
            response.finishResponse();
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    /** Reads what arrives in time, and returns whether the body has been read to its end. */
    private boolean drain(Request request) throws IOException {
        org.apache.coyote.Request body = request.getCoyoteRequest();
        // For a chunked body, the number of bytes that can be read without waiting is unknown.
        if (body.isFinished() || body.getContentLengthLong() < 0) {
            return body.isFinished();
        }
        boolean mayWait = waiting.tryAcquire();
        try {
            return drain(request, body, mayWait);
        } finally {
            if (mayWait) {
                waiting.release();
            }
        }
    }

    private static boolean drain(Request request, org.apache.coyote.Request body, boolean mayWait) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long read = 0;
        long start = System.nanoTime();
        while (!body.isFinished() && read < MAX_BYTES && System.nanoTime() - start < MAX_NANOS) {
            body.action(ActionCode.AVAILABLE, true);
            int available = body.getAvailable();
            if (available > 0) {
                read += Math.max(0, request.getStream().read(buffer, 0, Math.min(available, BUFFER)));
            } else if (mayWait) {
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                break;
            }
        }
        return body.isFinished();
    }
}
