package io.evenkeel.coordinator.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.Api;
import io.evenkeel.coordinator.CoordinatorTest;
import org.junit.jupiter.api.Test;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;

@CoordinatorTest
class OpenApiTest {

    private final Api api;

    OpenApiTest(@Autowired Api api) {
        this.api = api;
    }

    @Test
    void describesThePathsAndTheirRefusalsToAnyone() {
        api.anonymous()
                .get()
                .uri("/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.openapi")
                .value(String.class, version -> assertThat(version).startsWith("3.1"))
                .jsonPath("$.paths['/api/v1/enrolments'].post.responses['201']")
                .exists()
                .jsonPath("$.paths['/api/v1/enrolments'].post.responses['default'].content['application/problem+json']")
                .exists()
                .jsonPath("$.paths['/api/v1/enrolments'].post.security")
                .isEmpty()
                .jsonPath("$.components.securitySchemes.bearer.scheme")
                .isEqualTo("bearer")
                .jsonPath("$.components.schemas.EnrolmentTokenRequest.properties.expiresIn.type")
                .isEqualTo("string")
                .jsonPath("$.paths['/api/v1/runs/{run}/smoothness'].get.summary")
                .isNotEmpty()
                .jsonPath("$.components.schemas.Smoothness.properties.l1.description")
                .isNotEmpty()
                .jsonPath("$.paths['/error']")
                .doesNotExist();
    }

    /** A start would take half a second longer. */
    @Test
    void isMadeWhenAskedFor(@Autowired ConfigurableApplicationContext context) {
        ConfigurableListableBeanFactory beans = context.getBeanFactory();

        assertThat(beans.getBeanNamesForType(ObjectMapperProvider.class, true, false))
                .isNotEmpty()
                .allMatch(name -> beans.getBeanDefinition(name).isLazyInit());
        assertThat(beans.getBeanNamesForType(OpenApiWebMvcResource.class, true, false))
                .hasSize(1)
                .allSatisfy(name -> assertThat(beans.getBeanDefinition(name).getDependsOn())
                        .contains("problemsEverywhere", "modelConverterRegistrar"));
    }

    @Test
    void offersAPageToTryThemOn() {
        api.anonymous().get().uri("/openapi").exchange().expectStatus().is3xxRedirection();
        api.anonymous()
                .get()
                .uri("/swagger-ui/index.html")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML);
        api.anonymous()
                .get()
                .uri("/swagger-ui/swagger-ui-bundle.js")
                .exchange()
                .expectStatus()
                .isOk();
        api.anonymous()
                .get()
                .uri("/openapi.json/swagger-config")
                .exchange()
                .expectStatus()
                .isOk();
    }
}
