package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
                .value(String.class, version -> assertThat(version).startsWith("3.0"))
                .jsonPath("$.paths['/api/v1/enrolments'].post.responses['201']")
                .exists()
                .jsonPath("$.paths['/api/v1/enrolments'].post.responses['4XX'].content['application/problem+json']")
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
                .jsonPath("$.paths['/api/v1/runs/{run}/members/me/state'].get.responses['200'].content.keys()")
                .value(
                        Object.class,
                        types -> assertThat(types)
                                .asString()
                                .contains("application/vnd.evenkeel.frame", "application/octet-stream"))
                .jsonPath("$.paths['/error']")
                .doesNotExist();
    }

    /** Generated clients take their methods from the ids, and their documentation from the descriptions. */
    @Test
    void namesEveryOperationOnceAndDescribesEveryParameterAndField() {
        byte[] body = document("a.example").expectBody().returnResult().getResponseBody();
        assertThat(body).isNotNull();
        JsonNode document = new JsonMapper().readTree(body);

        List<String> ids = document.findValuesAsString("operationId");
        assertThat(ids).hasSizeGreaterThan(100).doesNotHaveDuplicates().allMatch(id -> id.matches("[a-zA-Z]+"));
        document.path("paths")
                .forEach(path -> path.forEach(operation -> operation
                        .path("parameters")
                        .forEach(parameter -> assertThat(
                                        parameter.path("description").asString(""))
                                .as("%s of %s", parameter.path("name"), operation.path("operationId"))
                                .isNotBlank())));
        document.path("components")
                .path("schemas")
                .properties()
                .forEach(schema -> schema.getValue().path("properties").properties().stream()
                        // The schema that a reference names has its own description.
                        .filter(field -> !field.getValue().has("$ref"))
                        .forEach(field -> assertThat(
                                        field.getValue().path("description").asString(""))
                                .as("%s of %s", field.getKey(), schema.getKey())
                                .isNotBlank()
                                .doesNotContain("{@", "<code>")));
    }

    @Test
    void describesResponsesCorrectly() {
        api.anonymous()
                .get()
                .uri("/openapi.json")
                .exchange()
                .expectBody()
                .jsonPath("$.paths['/api/v1/runs'].post.responses['201']")
                .exists()
                .jsonPath("$.paths['/api/v1/runs/{run}/task'].get.responses['204']")
                .exists()
                .jsonPath("$.paths['/api/v1/runs/{run}/rounds/{round}/messages/me'].put.responses['200']")
                .exists()
                .jsonPath("$.paths['/api/v1/runs/{run}/rounds/{round}/messages/me'].put.responses['201']")
                .exists()
                .jsonPath(
                        "$.paths['/api/v1/runs/{run}/rounds/{round}/model'].get.responses['200'].content['application/octet-stream'].schema.format")
                .isEqualTo("binary")
                .jsonPath("$.components.schemas.Problem.properties.action")
                .exists()
                // The values are merge patches, whose schema is easily lost.
                .jsonPath("$.components.schemas.ExperimentRequest.properties.arms.additionalProperties.type")
                .isEqualTo("object");
    }

    /** The document does not depend on the caller or the host name. It is not sent again to a caller that has it. */
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
        api.anonymous()
                .get()
                .uri("/openapi")
                .exchange()
                .expectStatus()
                .is3xxRedirection()
                .expectHeader()
                .valueEquals("Location", "/openapi/index.html");
        file("index.html").expectHeader().contentTypeCompatibleWith(MediaType.TEXT_HTML);
        file("swagger-ui-bundle.js");
        file("swagger-initializer.js")
                .expectBody(String.class)
                .value(script -> assertThat(script).contains("../openapi.json"));
    }

    private RestTestClient.ResponseSpec file(String name) {
        return api.anonymous()
                .get()
                .uri("/openapi/" + name)
                .exchange()
                .expectStatus()
                .isOk();
    }
}
