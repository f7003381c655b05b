package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses a request that would change something but does not accept a JSON response. Spring MVC checks the
 * Accept header only when it writes the response. By then a device would have been enrolled, and its secret
 * would be lost.
 */
@Component
class AcceptInterceptor implements HandlerInterceptor, WebMvcConfigurer {

    private final HeaderContentNegotiationStrategy accepted = new HeaderContentNegotiationStrategy();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws HttpMediaTypeNotAcceptableException {
        if (handler instanceof HandlerMethod method && isChange(request) && answersWithJson(method)) {
            List<MediaType> types = accepted.resolveMediaTypes(new ServletWebRequest(request));
            if (types.stream().noneMatch(AcceptInterceptor::includesJson)) {
                throw new HttpMediaTypeNotAcceptableException(List.of(MediaType.APPLICATION_JSON));
            }
        }
        return true;
    }

    private static boolean isChange(HttpServletRequest request) {
        String method = request.getMethod();
        return !HttpMethod.GET.matches(method) && !HttpMethod.HEAD.matches(method);
    }

    /**
     * Returns whether the response depends on the Accept header; a {@link PendingResponse} is always JSON.
     */
    private static boolean answersWithJson(HandlerMethod method) {
        Class<?> type = method.getMethod().getReturnType();
        return type != void.class && type != PendingResponse.class;
    }

    private static boolean includesJson(MediaType type) {
        return type.getQualityValue() > 0 && type.includes(MediaType.APPLICATION_JSON);
    }
}
