package io.evenkeel.coordinator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpRequest;
import org.springframework.http.MediaType;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.InterceptingClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Sends HTTP requests to the coordinator under test as operator, viewer or device, or without credentials. */
@TestComponent
@Lazy
public class Api {

    /**
     * All requests share one JDK client and its connections, since a new client would start a thread and open new
     * connections. The client does not follow redirects. Spring's default would be the client of webhooks. Bodies are
     * read at once, since a connection with an unread body cannot be reused. Event streams are the exception, since
     * they do not end.
     */
    private static final ClientHttpRequestFactory REQUESTS = new InterceptingClientHttpRequestFactory(
            new BufferingClientHttpRequestFactory(new JdkClientHttpRequestFactory()), List.of(Api::readAtOnce));

    private final String endpoint;

    public Api(Environment environment) {
        this.endpoint = "http://localhost:" + environment.getRequiredProperty("local.server.port");
    }

    /** Returns the coordinator's address. */
    public String endpoint() {
        return endpoint;
    }

    /** Returns a client without credentials. */
    public RestTestClient anonymous() {
        return client().build();
    }

    /** Returns a client with a bearer token. */
    public RestTestClient as(String token) {
        return client().defaultHeader("Authorization", "Bearer " + token).build();
    }

    private RestTestClient.Builder<?> client() {
        return RestTestClient.bindToServer(REQUESTS).baseUrl(endpoint);
    }

    private static ClientHttpResponse readAtOnce(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        ClientHttpResponse response = execution.execute(request, body);
        if (!MediaType.TEXT_EVENT_STREAM.equalsTypeAndSubtype(
                response.getHeaders().getContentType())) {
            // Reads the whole body.
            response.getBody();
        }
        return response;
    }

    /** Returns the operator's client. */
    public RestTestClient operator() {
        return as(CoordinatorTest.OPERATOR_TOKEN);
    }

    /** Returns the viewer's client. */
    public RestTestClient viewer() {
        return as(CoordinatorTest.VIEWER_TOKEN);
    }

    /** Creates an enrolment token and returns its text. */
    public String enrolmentToken(int uses) {
        return text(answer(operator(), "/api/v1/enrolment-tokens", Map.of("uses", uses)), "token");
    }

    /** Creates an access token and returns its text. */
    public String accessToken(Map<String, ?> request) {
        return text(answer(operator(), "/api/v1/access-tokens", request), "token");
    }

    /** Enrols a new device. */
    public Enrolled enrol() {
        Map<?, ?> answer = answer(anonymous(), "/api/v1/enrolments", Map.of("token", enrolmentToken(1)));
        return new Enrolled(text(answer, "client"), text(answer, "secret"));
    }

    /**
     * A device's credentials.
     *
     * @param client its id
     * @param secret its bearer token
     */
    public record Enrolled(String client, String secret) {}

    /**
     * Asserts that a response is a complete problem document of this type, and returns its body for further assertions.
     */
    public static RestTestClient.BodyContentSpec refused(RestTestClient.ResponseSpec answer, ProblemKind problem) {
        return answer.expectStatus()
                .isEqualTo(problem.status())
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("urn:evenkeel:problem:" + problem.slug())
                .jsonPath("$.title")
                .isEqualTo(problem.title())
                .jsonPath("$.status")
                .isEqualTo(problem.status())
                .jsonPath("$.detail")
                .isNotEmpty()
                .jsonPath("$.action")
                .isNotEmpty();
    }

    /** Returns an assertion that a value contains a text. */
    public static Consumer<String> containing(String text) {
        return value -> assertThat(value).contains(text);
    }

    private static Map<?, ?> answer(RestTestClient client, String path, Map<String, ?> body) {
        Map<?, ?> answer = client.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange()
                .expectStatus()
                .isCreated()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody();
        if (answer == null) {
            throw new AssertionError("POST " + path + " answered without a body");
        }
        return answer;
    }

    private static String text(Map<?, ?> answer, String field) {
        return String.valueOf(answer.get(field));
    }
}
