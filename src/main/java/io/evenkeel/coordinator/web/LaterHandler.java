package io.evenkeel.coordinator.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.AsyncHandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Has a request wait whose controller returned a {@link Later}, and brings it back when its answer is there. */
@Component
class LaterHandler implements AsyncHandlerMethodReturnValueHandler, WebMvcConfigurer {

    @Override
    public void addReturnValueHandlers(List<HandlerMethodReturnValueHandler> handlers) {
        handlers.add(this);
    }

    @Override
    public boolean supportsReturnType(MethodParameter type) {
        return Later.class.isAssignableFrom(type.getParameterType());
    }

    /** Without it Spring would take what a REST controller returns for a body. */
    @Override
    public boolean isAsyncReturnValue(@Nullable Object value, MethodParameter type) {
        return value instanceof Later<?>;
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value, MethodParameter type, ModelAndViewContainer view, NativeWebRequest web) {
        Later<?> later = (Later<?>) Objects.requireNonNull(value);
        view.setRequestHandled(true);
        HttpServletRequest request = Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class));
        new LaterFilter.Waiting(later, MDC.getCopyOfContextMap()).noteIn(request);
        // Without arguments: the answer needs nothing of what the filters have wrapped around request and response.
        AsyncContext waiting = request.startAsync();
        waiting.setTimeout(later.patience().toMillis());
        waiting.addListener(new Fate(later));
        later.onceDone(() -> bringBack(waiting, later));
    }

    private static void bringBack(AsyncContext waiting, Later<?> later) {
        if (!later.outcome().isCancelled()) {
            AnsweringEndpoint.bringBack(waiting);
        }
    }

    /** What may become of a request beside its answer. */
    private record Fate(Later<?> later) implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) {
            later.late();
        }

        @Override
        public void onError(AsyncEvent event) {
            later.gone();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            later.gone();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
