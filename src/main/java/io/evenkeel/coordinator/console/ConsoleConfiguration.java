package io.evenkeel.coordinator.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the console's scripts and styles under {@code /console/}, and the libraries that they import: Preact with htm, uPlot, js-yaml
 * and QR Creator. Browsers revalidate a file each time, because its address stays the same in all versions of the coordinator.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration implements WebMvcConfigurer {

    private static final String HTM = "classpath:/META-INF/resources/_static/htm/3.1.1/preact/";
    private static final String UPLOT = "classpath:/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String YAML = "classpath:/META-INF/resources/webjars/js-yaml/4.3.1/dist/";
    private static final String QR = "classpath:/META-INF/resources/webjars/qr-creator/1.0.0/dist/";

    private final ConsoleSettings settings;
    private final Map<String, String> tags = new ConcurrentHashMap<>();

    ConsoleConfiguration(ConsoleSettings settings) {
        this.settings = settings;
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        if (settings.enabled()) {
            // The tag is a digest of the content, because all files in a jar have the same date.
            registry.addResourceHandler("/console/**")
                    .addResourceLocations("classpath:/console/", HTM, UPLOT, YAML, QR)
                    .setCacheControl(CacheControl.noCache())
                    .setUseLastModified(false)
                    .setEtagGenerator(
                            resource -> tags.computeIfAbsent(String.valueOf(resource), key -> digest(resource)));
        }
    }

    private static String digest(Resource resource) {
        try {
            return DigestUtils.md5DigestAsHex(resource.getContentAsByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
