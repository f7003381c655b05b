package io.evenkeel.coordinator.platform.http;

import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.ByteArrayHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Keeps the message converters for the documented media types, and removes all others.
 *
 * <p>Spring registers a converter for each format whose library is on the class path. The OpenAPI library
 * brings in one for YAML, but the limits of {@code spring.jackson} apply only to JSON.
 */
@Configuration(proxyBeanMethods = false)
class MessageConverterConfiguration implements WebMvcConfigurer {

    private static final List<Class<?>> KEPT = List.of(
            JacksonJsonHttpMessageConverter.class,
            // Frames, metrics and the OpenAPI document are written unchanged. No endpoint reads a body as bytes or
            // text.
            ByteArrayHttpMessageConverter.class,
            StringHttpMessageConverter.class,
            ResourceHttpMessageConverter.class);

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
        converters.configureMessageConvertersList(list -> list.removeIf(converter -> !isKept(converter)));
    }

    private static boolean isKept(HttpMessageConverter<?> converter) {
        return KEPT.contains(converter.getClass());
    }
}
