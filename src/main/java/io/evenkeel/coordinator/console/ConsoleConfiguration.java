package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.platform.http.ContentTag;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the console's scripts and styles under {@code /console/}, and the libraries that they import: Preact
 * with htm, uPlot, js-yaml and QR Creator. Browsers revalidate each file, because its URL is the same in all
 * versions of the coordinator.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration implements WebMvcConfigurer {

    private static final String HTM = "classpath:/META-INF/resources/_static/htm/3.1.1/preact/";
    private static final String UPLOT = "classpath:/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String YAML = "classpath:/META-INF/resources/webjars/js-yaml/4.3.1/dist/";
    private static final String QR = "classpath:/META-INF/resources/webjars/qr-creator/1.0.0/dist/";

    private final ConsoleSettings settings;

    ConsoleConfiguration(ConsoleSettings settings) {
        this.settings = settings;
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        if (settings.enabled()) {
            registry.addResourceHandler("/console/**")
                    .addResourceLocations("classpath:/console/", HTM, UPLOT, YAML, QR)
                    .setCacheControl(CacheControl.noCache())
                    .setUseLastModified(false)
                    .setEtagGenerator(new ContentTag());
        }
    }
}
