package io.evenkeel.coordinator.platform.http;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the API's description, which the build generates, at {@code /openapi.json}, and a page to try out
 * its calls at {@code /openapi}.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument implements WebMvcConfigurer {

    private static final String SWAGGER_UI = "classpath:/META-INF/resources/webjars/swagger-ui/5.32.14/";

    private final ContentTag tag = new ContentTag();

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // Each version of the coordinator has its own document.
        revalidated(registry.addResourceHandler("/openapi.json").addResourceLocations("classpath:/openapi/"));
        // The first location overrides the library's start script.
        revalidated(registry.addResourceHandler("/openapi/**").addResourceLocations("classpath:/openapi/", SWAGGER_UI));
    }

    private void revalidated(ResourceHandlerRegistration files) {
        files.setCacheControl(CacheControl.noCache()).setUseLastModified(false).setEtagGenerator(tag);
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        // With an explicit status, the redirect keeps its relative address, which is necessary behind a
        // proxy.
        registry.addRedirectViewController("/openapi", "/openapi/index.html").setStatusCode(HttpStatus.FOUND);
    }
}
