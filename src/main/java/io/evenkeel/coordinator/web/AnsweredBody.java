package io.evenkeel.coordinator.web;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** What a request was answered with, for those who count it afterwards. */
public final class AnsweredBody {

    private static final String ATTRIBUTE = AnsweredBody.class.getName();

    private AnsweredBody() {}

    /** Leaves an answer's body with its request. */
    public static void note(ServletRequest request, Object body) {
        request.setAttribute(ATTRIBUTE, body);
    }

    /** Returns the body that was noted; null if none was. */
    public static @Nullable Object of(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE);
    }
}
