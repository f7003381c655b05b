package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.AsyncContext;
import java.util.concurrent.Executor;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/** An endpoint whose connections read their next request on the thread that wrote a response, rather than on one of the container's. */
final class ResponseWriterEndpoint extends NioEndpoint {

    private static final Executor SAME_THREAD = Runnable::run;
    private static final ThreadLocal<Boolean> WRITING = ThreadLocal.withInitial(() -> false);

    /** Ends a request whose response is written. */
    static void complete(AsyncContext async) {
        WRITING.set(true);
        try {
            async.complete();
        } catch (IllegalStateException e) {
            // The container has ended the request before, after its timeout.
            return;
        } finally {
            WRITING.set(false);
        }
    }

    @Override
    public @Nullable Executor getExecutor() {
        return WRITING.get() ? SAME_THREAD : super.getExecutor();
    }
}
