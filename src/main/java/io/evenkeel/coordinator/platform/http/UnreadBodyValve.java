package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Reads what has come of a body that nobody wanted, and closes the connection if more is to come.
 *
 * <p>Tomcat itself would wait on a thread for the rest, as slowly as the sender likes; and somebody without credentials is answered
 * before the body is read. What has arrived already is read, and for a moment what arrives, so that an honest sender's connection is
 * not reset before it has read its answer. Only some threads wait so at once: a crowd that sends no bodies would else hold them all.
 */
final class UnreadBodyValve extends ValveBase {

    private static final long LONGEST_BYTES = 1 << 20;
    private static final long LONGEST_NANOS = 300_000_000L;
    private static final long PAUSE_NANOS = 10_000_000L;
    private static final int BUFFER = 1 << 14;
    private static final int MOST_THAT_WAIT = 20;

    private final Semaphore waiting = new Semaphore(MOST_THAT_WAIT);

    UnreadBodyValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (!request.isAsync() && !drain(request)) {
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    /** Returns whether the body has been read to its end. */
    private boolean drain(Request request) throws IOException {
        org.apache.coyote.Request body = request.getCoyoteRequest();
        // Of a chunked body it is not known how much can be read without waiting.
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
        while (!body.isFinished() && read < LONGEST_BYTES && System.nanoTime() - start < LONGEST_NANOS) {
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
