package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** Passes the body of a response to the filters that measure responses. */
public final class WrittenBody {

    private static final String BODY = WrittenBody.class.getName();
    private static final String COUNTING = WrittenBody.class.getName() + ".counting";

    private WrittenBody() {}

    /** Stores the body of a response as an attribute of its request. */
    public static void note(ServletRequest request, Object body) {
        request.setAttribute(BODY, body);
    }

    /** Returns the stored body, null if there is none. */
    public static @Nullable Object of(ServletRequest request) {
        return request.getAttribute(BODY);
    }

    /** Sets the callback that runs once the request is answered or has ended. */
    public static void whenAnswered(ServletRequest request, Runnable counting) {
        request.setAttribute(COUNTING, counting);
    }

    /** Runs the callback, if it has not run yet. */
    public static void answered(ServletRequest request) {
        if (request.getAttribute(COUNTING) instanceof Runnable counting) {
            request.removeAttribute(COUNTING);
            counting.run();
        }
    }
}
