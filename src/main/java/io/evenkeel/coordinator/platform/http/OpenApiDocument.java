package io.evenkeel.coordinator.platform.http;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Serves the API's description, which the build has made, at {@code /openapi.json}, and a page on which one can try its calls at
 * {@code /openapi}.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument implements WebMvcConfigurer {

    private static final String SWAGGER_UI = "classpath:/META-INF/resources/webjars/swagger-ui/5.32.14/";

    private final ContentTag tag = new ContentTag();

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        // Another version of the coordinator has another document.
        revalidated(registry.addResourceHandler("/openapi.json").addResourceLocations("classpath:/openapi/"));
        // The first location has what the library is started with.
        revalidated(registry.addResourceHandler("/openapi/**").addResourceLocations("classpath:/openapi/", SWAGGER_UI));
    }

    private void revalidated(ResourceHandlerRegistration files) {
        files.setCacheControl(CacheControl.noCache()).setUseLastModified(false).setEtagGenerator(tag);
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        // With a status the address stays relative, as behind a proxy it must.
        registry.addRedirectViewController("/openapi", "/openapi/index.html").setStatusCode(HttpStatus.FOUND);
    }
}
