package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.platform.http.WrittenBody;
import io.evenkeel.engine.message.AcceptanceReceipt;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Attaches receipts and problems to the request, where {@link MessageFilter} finds them. Does not change the
 * response.
 */
@RestControllerAdvice
class ResponseBodyCapture implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(MethodParameter method, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter method,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if ((body instanceof AcceptanceReceipt || body instanceof ProblemDetail)
                && request instanceof ServletServerHttpRequest servlet) {
            WrittenBody.note(servlet.getServletRequest(), body);
        }
        return body;
    }
}
