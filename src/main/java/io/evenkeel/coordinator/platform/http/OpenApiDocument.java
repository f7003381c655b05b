package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Answers {@code GET /openapi.json} from memory. springdoc serializes the document for each request, so anyone could use up processor
 * time; here the first request creates it. Thread-safe.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument implements WebMvcConfigurer, HandlerInterceptor {

    private static final String PATH = "/openapi.json";

    private final ObjectProvider<OpenApiWebMvcResource> maker;
    private volatile @Nullable Made made;

    OpenApiDocument(ObjectProvider<OpenApiWebMvcResource> maker) {
        this.maker = maker;
    }

    private static final class Made {

        private final byte[] json;
        private final String tag;

        Made(byte[] json) {
            this.json = json;
            this.tag = '"' + DigestUtils.md5DigestAsHex(json) + '"';
        }
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        var unused = registry.addInterceptor(this).addPathPatterns(PATH);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        Made document = made;
        if (document == null) {
            document = make(request);
        }
        // Another version of the coordinator has another document.
        response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noCache().getHeaderValue());
        if (!new ServletWebRequest(request, response).checkNotModified(document.tag)) {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(document.json.length);
            response.getOutputStream().write(document.json);
        }
        return false;
    }

    private synchronized Made make(HttpServletRequest request) throws IOException {
        Made before = made;
        if (before != null) {
            return before;
        }
        byte[] json = maker.getObject().openapiJson(request, PATH, Locale.ENGLISH);
        Made first = new Made(json);
        made = first;
        return first;
    }
}
