package io.evenkeel.coordinator.platform.http;

import java.util.Arrays;
import org.springdoc.core.properties.SwaggerUiConfigProperties;
import org.springdoc.core.properties.SwaggerUiOAuthProperties;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springdoc.webmvc.ui.SwaggerIndexPageTransformer;
import org.springdoc.webmvc.ui.SwaggerIndexTransformer;
import org.springdoc.webmvc.ui.SwaggerWelcomeCommon;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes what the OpenAPI document is made by when somebody first asks for it: a start would load 900 classes for it, Jackson 2 among
 * them, and most coordinators are never asked.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiOnDemand {

    /** springdoc's own one has its mapper from the start. */
    @Bean
    SwaggerIndexTransformer swaggerIndex(
            SwaggerUiConfigProperties page,
            SwaggerUiOAuthProperties authorization,
            SwaggerWelcomeCommon welcome,
            ObjectProvider<ObjectMapperProvider> mapper) {
        return (request, resource, chain) -> new SwaggerIndexPageTransformer(
                        page, authorization, welcome, mapper.getObject())
                .transform(request, resource, chain);
    }

    /** All of it is made before the document, as some of it only has a say in it by being there. */
    @Bean
    static BeanFactoryPostProcessor openApiMakersWhenAskedFor() {
        return beans -> {
            // What was written down at build time has been through this.
            if (!AotDetector.useGeneratedArtifacts()) {
                String[] makers = Arrays.stream(beans.getBeanDefinitionNames())
                        .filter(name -> isForOpenApi(beans, name))
                        .toArray(String[]::new);
                for (String maker : makers) {
                    beans.getBeanDefinition(maker).setLazyInit(true);
                }
                for (String document : beans.getBeanNamesForType(OpenApiWebMvcResource.class, true, false)) {
                    beans.getBeanDefinition(document)
                            .setDependsOn(Arrays.stream(makers)
                                    .filter(maker -> !maker.equals(document))
                                    .toArray(String[]::new));
                }
            }
        };
    }

    private static boolean isForOpenApi(ConfigurableListableBeanFactory beans, String name) {
        Class<?> type = beans.getType(name, false);
        return type != null && type.getName().startsWith("org.springdoc.");
    }
}
