package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** What a request was answered with, for those who count it. */
public final class WrittenBody {

    private static final String BODY = WrittenBody.class.getName();
    private static final String COUNTING = WrittenBody.class.getName() + ".counting";

    private WrittenBody() {}

    /** Leaves an answer's body with its request. */
    public static void note(ServletRequest request, Object body) {
        request.setAttribute(BODY, body);
    }

    /** Returns the body that was noted; null if none was. */
    public static @Nullable Object of(ServletRequest request) {
        return request.getAttribute(BODY);
    }

    /** Has something done once the request is answered or, at the latest, over. */
    public static void whenAnswered(ServletRequest request, Runnable counting) {
        request.setAttribute(COUNTING, counting);
    }

    /** Has that done, unless it was. */
    public static void answered(ServletRequest request) {
        if (request.getAttribute(COUNTING) instanceof Runnable counting) {
            request.removeAttribute(COUNTING);
            counting.run();
        }
    }
}
