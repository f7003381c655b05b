package io.evenkeel.coordinator.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.AsyncHandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Has a request wait whose controller returned a {@link Later}. */
@Component
class LaterHandler implements AsyncHandlerMethodReturnValueHandler, WebMvcConfigurer {

    private final AnswerWriter writer;

    LaterHandler(AnswerWriter writer) {
        this.writer = writer;
    }

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
        WaitingRequest.start(Objects.requireNonNull(web.getNativeRequest(HttpServletRequest.class)), later, writer);
    }
}
