package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.AsyncContext;
import java.util.concurrent.Executor;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/** Connections that the thread that has written an answer makes ready for the next request, rather than another one of the container's. */
final class ResponseWriterEndpoint extends NioEndpoint {

    private static final Executor SAME_THREAD = Runnable::run;
    private static final ThreadLocal<Boolean> ANSWERING = ThreadLocal.withInitial(() -> false);

    /** Ends a request whose answer is written. */
    static void complete(AsyncContext async) {
        ANSWERING.set(true);
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // The container was faster, as the request's time was up.
            return;
        } finally {
            ANSWERING.set(false);
        }
    }

    @Override
    public @Nullable Executor getExecutor() {
        return ANSWERING.get() ? SAME_THREAD : super.getExecutor();
    }
}
