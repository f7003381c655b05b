package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.access.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Adds the run and round in a request's path, and the client that sent it, to the request's log lines. The threads that
 * close rounds do the same for their run and round. Thread-safe.
 */
@Component
class LogContext implements AsyncHandlerInterceptor, WebMvcConfigurer {

    private static final String RUN = "run";
    private static final String ROUND = "round";
    private static final String CLIENT = "client";

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            put(RUN, variables.get("run"));
            put(ROUND, variables.get("round"));
            put(CLIENT, variables.get("client"));
        }
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        if (caller != null && caller.getPrincipal() instanceof Caller.Device device) {
            MDC.put(CLIENT, device.client());
        }
        return true;
    }

    /** Clears the context, because the request continues on another thread and this one is reused. */
    @Override
    public void afterConcurrentHandlingStarted(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        clear();
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        clear();
    }

    private static void put(String name, @Nullable Object value) {
        if (value instanceof String text) {
            MDC.put(name, text);
        }
    }

    private static void clear() {
        MDC.remove(RUN);
        MDC.remove(ROUND);
        MDC.remove(CLIENT);
    }
}
