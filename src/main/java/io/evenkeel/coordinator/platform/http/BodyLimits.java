package io.evenkeel.coordinator.platform.http;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Applies each endpoint's {@link BodyLimit}. Thread-safe. */
@Configuration(proxyBeanMethods = false)
public class BodyLimits implements WebMvcConfigurer, HandlerInterceptor {

    private static final String ATTRIBUTE = BodyLimits.class.getName();
    private static final String SEND_LESS = "send less: GET /openapi.json states the limit of each path";

    /**
     * The limit that applies to a request.
     *
     * @param bytes the maximum size of the body
     * @param action what the sender of a larger body should do
     */
    private record Limit(long bytes, String action) {

        ProblemException exceededBy(String size) {
            return ProblemKind.TOO_LARGE
                    .because("the body has " + size + ", but this path accepts at most " + bytes + " bytes", action)
                    .with("limit", bytes);
        }
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        var unused = registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method) {
            BodyLimit stated = method.getMethodAnnotation(BodyLimit.class);
            if (stated != null && stated.value() != BodyLimit.BY_PLAN) {
                apply(request, stated.value(), SEND_LESS);
            }
        }
        return true;
    }

    /**
     * Sets the limit for a request's body.
     *
     * @param bytes the maximum size of the body
     * @param action what the sender of a larger body should do
     * @throws ProblemException {@code too-large} if the declared length exceeds it
     */
    public static void apply(HttpServletRequest request, long bytes, String action) {
        Limit limit = new Limit(bytes, action);
        long announced = request.getContentLengthLong();
        if (announced > bytes) {
            throw limit.exceededBy(announced + " bytes");
        }
        request.setAttribute(ATTRIBUTE, limit);
    }

    /**
     * Checks the size of a body while it is read. If the request has no limit, its body must be empty.
     *
     * @param received the number of bytes read so far
     * @throws ProblemException {@code too-large}
     */
    public static void require(ServletRequest request, long received) {
        Limit limit = request.getAttribute(ATTRIBUTE) instanceof Limit applied ? applied : new Limit(0, SEND_LESS);
        if (received > limit.bytes()) {
            throw limit.exceededBy("more than " + limit.bytes() + " bytes");
        }
    }
}
