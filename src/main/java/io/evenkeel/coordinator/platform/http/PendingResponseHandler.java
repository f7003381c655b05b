package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.support.AsyncHandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Suspends a request whose controller returned a {@link PendingResponse}. As a filter, it lets the response
 * be written only after the inner filters have added their headers. Only filters that measure requests are
 * outside it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class PendingResponseHandler extends OncePerRequestFilter
        implements AsyncHandlerMethodReturnValueHandler, WebMvcConfigurer {

    private final ResponseWriter writer;

    PendingResponseHandler(ResponseWriter writer) {
        this.writer = writer;
    }

    @Override
    public void addReturnValueHandlers(List<HandlerMethodReturnValueHandler> handlers) {
        handlers.add(this);
    }

    @Override
    public boolean supportsReturnType(MethodParameter type) {
        return PendingResponse.class.isAssignableFrom(type.getParameterType());
    }

    /** Makes Spring MVC pass the return value to this handler instead of writing it as the body. */
    @Override
    public boolean isAsyncReturnValue(@Nullable Object value, MethodParameter type) {
        return value instanceof PendingResponse<?>;
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value, MethodParameter type, ModelAndViewContainer view, NativeWebRequest web) {
        PendingResponse<?> later = (PendingResponse<?>) Objects.requireNonNull(value);
        view.setRequestHandled(true);
        SuspendedRequest.start(Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class)), later, writer);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        SuspendedRequest waiting = SuspendedRequest.in(request);
        if (waiting != null) {
            waiting.begin(request, response);
        }
    }
}
