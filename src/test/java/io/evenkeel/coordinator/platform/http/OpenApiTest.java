package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

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

    /** The document does not depend on the caller or the host name, and is not sent again to a caller that has it. */
    @Test
    void isTheSameDocumentForEveryRequest() {
        var first = document("a.example").expectStatus().isOk();
        String tag = String.valueOf(first.returnResult().getResponseHeaders().getETag());
        first.expectHeader().valueEquals("Cache-Control", "no-cache");
        assertThat(tag).matches("\"[0-9a-f]{32}\"");
        byte[] body = first.expectBody().returnResult().getResponseBody();
        assertThat(document("b.example").expectBody().returnResult().getResponseBody())
                .isEqualTo(body);

        api.anonymous()
                .get()
                .uri("/openapi.json")
                .header("If-None-Match", tag)
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectBody()
                .isEmpty();
        api.anonymous()
                .head()
                .uri("/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("ETag", tag)
                .expectBody()
                .isEmpty();
    }

    private RestTestClient.ResponseSpec document(String proxy) {
        return api.anonymous()
                .get()
                .uri("/openapi.json")
                .header("X-Forwarded-Host", proxy)
                .exchange();
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
