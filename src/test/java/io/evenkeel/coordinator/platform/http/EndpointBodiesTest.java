package io.evenkeel.coordinator.platform.http;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.http.EndpointCalls.Endpoint;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Checks that every endpoint declares the media types that it reads and produces, and refuses others. */
@CoordinatorTest
class EndpointBodiesTest {

    private static final String JSON = "application/json";

    /** Each endpoint that reads a body, with the media types that it accepts and its limit in bytes. */
    static final Map<String, Body> BODIES = Map.ofEntries(
            entry("POST /api/v1/enrolments", new Body(4096 + 16_384, JSON)),
            entry("PUT /api/v1/clients/me/attributes", new Body(16_384, JSON)),
            entry("PATCH /api/v1/clients/{client}/labels", new Body(16_384, "application/merge-patch+json")),
            entry("PATCH /api/v1/clients/labels", new Body(16_384, "application/merge-patch+json")),
            entry("POST /api/v1/enrolment-tokens", new Body(4096, JSON)),
            entry("POST /api/v1/access-tokens", new Body(4096, JSON)),
            entry("POST /api/v1/webhooks", new Body(4096, JSON)),
            entry("PUT /api/v1/runs/{run}/members/me", new Body(4096, JSON)),
            entry("PUT /api/v1/runs/{run}/members/me/lost", new Body(4096, JSON)),
            entry("PUT /api/v1/runs/{run}/members/me/next-round", new Body(4096, JSON)),
            entry(
                    "PUT /api/v1/runs/{run}/members/me/backup",
                    new Body(BodyLimit.BY_PLAN, "application/vnd.evenkeel.backup")),
            entry(
                    "PATCH /api/v1/runs/{run}/members/me/uploads/{sha256}",
                    new Body(BodyLimit.BY_PLAN, "application/partial-upload")),
            entry("POST /api/v1/evaluations", new Body(16_384, JSON)),
            entry("PUT /api/v1/evaluations/{evaluation}/results/me", new Body(16_384, JSON)),
            entry("PUT /api/v1/runs/{run}/rounds/{round}/declines/me", new Body(4096, JSON)),
            entry(
                    "PUT /api/v1/runs/{run}/rounds/{round}/attempts/{attempt}/keys/me",
                    new Body(4096, "application/vnd.evenkeel.secagg")),
            entry(
                    "PUT /api/v1/runs/{run}/rounds/{round}/attempts/{attempt}/shares/me",
                    new Body(85_000, "application/vnd.evenkeel.secagg")),
            entry(
                    "PUT /api/v1/runs/{run}/rounds/{round}/attempts/{attempt}/masked/me",
                    new Body(BodyLimit.BY_PLAN, "application/vnd.evenkeel.secagg")),
            entry(
                    "PUT /api/v1/runs/{run}/rounds/{round}/attempts/{attempt}/reveals/me",
                    new Body(85_000, "application/vnd.evenkeel.secagg")),
            entry("POST /api/v1/experiments", new Body(2_200_000, JSON)),
            entry("POST /api/v1/runs", new Body(2_000_000, JSON)),
            entry("PATCH /api/v1/runs/{run}", new Body(4096, MergePatch.MEDIA_TYPE)),
            entry(
                    "PUT /api/v1/runs/{run}/rounds/{round}/messages/me",
                    new Body(BodyLimit.BY_PLAN, JSON, "application/vnd.evenkeel.message")),
            entry(
                    "PUT /api/v1/runs/{run}/model",
                    new Body(
                            BodyLimit.BY_PLAN,
                            "application/octet-stream",
                            "application/x-npy",
                            "application/x-safetensors")),
            entry("PUT /api/v1/models/{model}", new Body(8192, JSON)),
            entry("POST /api/v1/models/{model}/versions", new Body(65_536, JSON)),
            entry("POST /api/v1/models/{model}/versions/upload", new Body(802_000_000, "application/x-safetensors")),
            entry("PUT /api/v1/models/{model}/versions/{version}/metadata", new Body(65_536, JSON)),
            entry("PUT /api/v1/models/{model}/aliases/{alias}", new Body(8192, JSON)),
            entry("POST /api/v1/rollouts", new Body(65_536, JSON)),
            entry("POST /api/v1/rollouts/{rollout}/pause", new Body(4096, JSON)),
            entry("POST /api/v1/rollouts/{rollout}/skip", new Body(4096, JSON)),
            entry("POST /api/v1/rollouts/{rollout}/stop", new Body(4096, JSON)),
            entry("PUT /api/v1/rollouts/{rollout}/reports/me", new Body(8192, JSON)),
            entry("POST /api/v1/deletions", new Body(4096, JSON)),
            entry("POST /api/v1/import", new Body(BodyLimit.NONE, "application/vnd.evenkeel.export")));

    private static final List<String> OTHERS = List.of(
            "application/yaml",
            "application/x-yaml",
            "text/yaml",
            "application/xml",
            "text/xml",
            "application/cbor",
            "application/x-jackson-smile",
            "text/plain",
            "text/html",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/problem+json",
            "application/vnd.other+json",
            "application/pdf",
            "*/*",
            "nonsense");

    private final EndpointCalls calls;
    private final RequestMappingHandlerAdapter adapter;

    EndpointBodiesTest(
            @Autowired Api api,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping,
            @Autowired RequestMappingHandlerAdapter adapter) {
        this.calls = new EndpointCalls(api, mapping);
        this.adapter = adapter;
    }

    record Body(long limit, List<String> types) {

        Body(long limit, String... types) {
            this(limit, List.of(types));
        }
    }

    @Test
    void statesForEveryEndpointWhatItReadsAndHowMuch() {
        Map<String, Body> stated = new TreeMap<>();
        for (Endpoint endpoint : calls.endpoints()) {
            BodyLimit limit = endpoint.handler().getMethodAnnotation(BodyLimit.class);
            List<String> types = endpoint.consumes().stream().sorted().toList();
            if (limit == null) {
                assertThat(types).as(endpoint.name()).isEmpty();
            } else {
                stated.put(endpoint.name(), new Body(limit.value(), types));
            }
        }
        assertThat(stated).isEqualTo(BODIES);
        assertThat(calls.endpoints()).extracting(Endpoint::name).contains("POST /api/v1/runs/{run}/start");
    }

    @Test
    void keepsOnlyTheConvertersThatEndpointsDocument() {
        assertThat(adapter.getMessageConverters())
                .flatExtracting(HttpMessageConverter::getSupportedMediaTypes)
                .extracting(type -> type.getType() + "/" + type.getSubtype())
                .containsOnly(
                        "*/*", "application/json", "application/*+json", "application/octet-stream", "text/plain");
    }

    @Test
    void refusesEveryOtherMediaType() {
        for (Endpoint endpoint : reading()) {
            for (String type : OTHERS) {
                assertRefused(
                        calls.send(endpoint, type, BodyPublishers.ofString("{}")),
                        ProblemKind.UNSUPPORTED_MEDIA_TYPE,
                        type);
            }
            assertRefused(
                    calls.send(endpoint, null, BodyPublishers.ofString("{}")),
                    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
                    endpoint.name());
        }
    }

    @Test
    void readsNoBodyIfNoneIsExpected() {
        Set<RequestMethod> methods = Set.of(RequestMethod.POST, RequestMethod.PUT, RequestMethod.DELETE);
        List<Endpoint> others = calls.endpoints().stream()
                .filter(endpoint -> methods.contains(endpoint.method()) && !BODIES.containsKey(endpoint.name()))
                .toList();
        assertThat(others).hasSizeGreaterThan(8).allSatisfy(endpoint -> {
            int without = calls.send(endpoint, null, BodyPublishers.noBody()).statusCode();
            int with = calls.send(endpoint, "application/yaml", BodyPublishers.ofString("x: [1"))
                    .statusCode();
            assertThat(with).as(endpoint.name()).isEqualTo(without);
        });
    }

    /** The coordinator refuses the request before handling it, so nothing changes. */
    @Test
    void refusesMediaTypesThatAnEndpointDoesNotProduce() {
        List<Endpoint> answering =
                calls.endpoints().stream().filter(Endpoint::producesBody).toList();
        assertThat(answering).hasSizeGreaterThan(20).allSatisfy(endpoint -> {
            assertThat(endpoint.info().getProducesCondition().isEmpty())
                    .as(endpoint.name() + " states what it produces")
                    .isFalse();
            for (String type : List.of("application/yaml", "application/xml", "image/png")) {
                String sent = endpoint.consumes().stream().findFirst().orElse(null);
                HttpRequest.Builder request = calls.request(endpoint, sent, BodyPublishers.noBody());
                assertRefused(
                        EndpointCalls.exchange(request.header("Accept", type)),
                        ProblemKind.NOT_ACCEPTABLE,
                        endpoint.name());
            }
        });
    }

    private List<Endpoint> reading() {
        return calls.endpoints().stream()
                .filter(endpoint -> BODIES.containsKey(endpoint.name()))
                .toList();
    }

    static void assertRefused(HttpResponse<String> answer, ProblemKind problem, String what) {
        assertThat(answer.statusCode()).as(what + ": " + answer.body()).isEqualTo(problem.status());
        assertThat(answer.body()).as(what).contains("urn:evenkeel:problem:" + problem.slug());
    }
}
