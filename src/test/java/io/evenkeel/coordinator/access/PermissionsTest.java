package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Checks all registered endpoints, so a new endpoint is tested without further code. */
@CoordinatorTest
class PermissionsTest {

    private static final int UNAUTHENTICATED = 401;
    private static final int FORBIDDEN = 403;
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    @Autowired
    private Api api;

    @Autowired
    private List<RequestMappingInfoHandlerMapping> mappings;

    private record Endpoint(HttpMethod method, String path) {

        boolean reads() {
            return READING.contains(method);
        }

        boolean isOpen() {
            return path.startsWith("/actuator/health")
                    || path.startsWith("/openapi")
                    || path.startsWith("/swagger-ui")
                    || path.equals("/")
                    || path.equals("/api/v1/sign-in")
                    || (path.matches("/api/v1/models/.*/files/.*") && reads())
                    || (path.equals("/api/v1/enrolments") && method.equals(HttpMethod.POST));
        }

        boolean isDevices() {
            return path.matches(".*/(me|me/.*|task|update|replica|work)");
        }

        boolean isOperatorsAlone() {
            return path.endsWith("/export") || path.startsWith("/api/v1/webhooks") || !reads();
        }
    }

    /**
     * Credentials with fewer rights than their role.
     *
     * @param token the request for the token
     * @param allowed the endpoints that the token may use, among those that are neither open nor for devices
     */
    private record Limited(Map<String, ?> token, Predicate<Endpoint> allowed) {

        private static final String OF_RUN_1 = "/api/v1/runs/1(/.*)?";
        private static final String LISTS =
                "/api/v1/(algorithms|runs|experiments|run-overview|overview|relays|audit-log|caller)";
        private static final String APPROVALS = ".*/(approve|protection/release)";
        private static final String TOKENS = "/api/v1/access-tokens(/.*)?";

        static Limited of(String role, List<String> rights, List<String> runs, Predicate<Endpoint> allowed) {
            return new Limited(
                    Map.of("name", role + rights + runs, "role", role, "rights", rights, "runs", runs), allowed);
        }

        static Predicate<Endpoint> at(String paths) {
            return endpoint -> endpoint.path().matches(paths);
        }

        static List<Limited> all() {
            Predicate<Endpoint> viewers = endpoint -> endpoint.reads() && !endpoint.isOperatorsAlone();
            Predicate<Endpoint> special = at(APPROVALS).or(at(TOKENS).and(endpoint -> !endpoint.reads()));
            return List.of(
                    of("operator", List.of("approve", "mint"), List.of("*"), endpoint -> true),
                    of("operator", List.of(), List.of("*"), special.negate()),
                    of(
                            "operator",
                            List.of("approve"),
                            List.of("*"),
                            special.negate().or(at(APPROVALS))),
                    of(
                            "operator",
                            List.of("mint"),
                            List.of("*"),
                            special.negate().or(at(TOKENS))),
                    of("viewer", List.of("approve"), List.of("*"), viewers.or(at(APPROVALS))),
                    of("viewer", List.of("mint"), List.of("*"), viewers.or(at(TOKENS))),
                    of(
                            "viewer",
                            List.of(),
                            List.of("1"),
                            viewers.and(at(OF_RUN_1).or(at(LISTS)))),
                    of("viewer", List.of(), List.of("2", "2-*"), viewers.and(at(LISTS))),
                    of("operator", List.of(), List.of("1"), at(OF_RUN_1).or(at(LISTS))),
                    of("operator", List.of(), List.of("2", "2-*"), at(LISTS)),
                    of(
                            "operator",
                            List.of(),
                            List.of("1*"),
                            at(OF_RUN_1).or(at(LISTS)).or(at("/api/v1/experiments/1(/.*)?"))));
        }
    }

    private static final Endpoint EXPORT = new Endpoint(HttpMethod.GET, "/api/v1/export");

    @Test
    void seesEndpointsOfEveryKind() {
        assertThat(endpoints(endpoint -> true))
                .contains(
                        new Endpoint(HttpMethod.POST, "/api/v1/runs/1/start"),
                        new Endpoint(HttpMethod.DELETE, "/api/v1/clients/1"),
                        EXPORT,
                        new Endpoint(HttpMethod.PUT, "/api/v1/runs/1/rounds/1/messages/me"),
                        new Endpoint(HttpMethod.GET, "/actuator/prometheus"));
    }

    @Test
    void refusesAnonymousRequestsExceptHealthDocumentationConsoleAndEnrolment() {
        assertThat(endpoints(endpoint -> !endpoint.isOpen()))
                .allSatisfy(endpoint ->
                        assertThat(status(api.anonymous(), endpoint)).isEqualTo(UNAUTHENTICATED));
    }

    @Test
    void refusesEveryChangeByAViewer() {
        assertThat(endpoints(endpoint -> !endpoint.reads() && !endpoint.isOpen()))
                .isNotEmpty()
                .allSatisfy(
                        endpoint -> assertThat(status(api.viewer(), endpoint)).isEqualTo(FORBIDDEN));
    }

    @Test
    void letsAViewerReadWhatAnOperatorReadsButNotTakeABackup() {
        // The comparison below excludes the full export, which fails at a run that another test has damaged.
        assertThat(status(api.viewer(), EXPORT)).isEqualTo(FORBIDDEN);
        assertThat(endpoints(endpoint -> endpoint.reads() && !endpoint.isDevices() && !endpoint.equals(EXPORT)))
                .allSatisfy(endpoint -> {
                    int viewer = status(api.viewer(), endpoint);
                    int operator = status(api.operator(), endpoint);
                    assertThat(viewer).isEqualTo(endpoint.isOperatorsAlone() ? FORBIDDEN : operator);
                    assertThat(operator).isNotIn(UNAUTHENTICATED, FORBIDDEN);
                });
    }

    @Test
    void refusesAllOtherEndpointsToDevices() {
        RestTestClient device = api.as(api.enrol().secret());
        assertThat(endpoints(endpoint -> !endpoint.isOpen()
                        && !endpoint.isDevices()
                        && !endpoint.path().endsWith("/rounds/1/model")
                        && !(endpoint.reads() && endpoint.path().endsWith("/versions/1"))))
                .allSatisfy(endpoint -> assertThat(status(device, endpoint)).isEqualTo(FORBIDDEN));
    }

    @Test
    void limitedCredentialsGrantOnlyTheirPermissionsAndRefusalsNameTheMissingOne() {
        // Another test compares HEAD with GET.
        List<Endpoint> all = endpoints(endpoint -> !endpoint.isOpen()
                && !endpoint.isDevices()
                && !endpoint.equals(EXPORT)
                && !endpoint.method().equals(HttpMethod.HEAD));
        for (Limited limited : Limited.all()) {
            RestTestClient client = api.as(api.accessToken(limited.token()));
            assertThat(all)
                    .allSatisfy(endpoint -> assertThat(refusal(client, endpoint))
                            .as("%s %s", endpoint, limited.token())
                            .isEqualTo(limited.allowed().test(endpoint) ? "allowed" : "names what is missing"));
        }
    }

    @Test
    void refusesEndpointsOfDevicesToOperatorsAndViewers() {
        assertThat(endpoints(Endpoint::isDevices)).isNotEmpty().allSatisfy(endpoint -> {
            assertThat(status(api.operator(), endpoint)).isEqualTo(FORBIDDEN);
            assertThat(status(api.viewer(), endpoint)).isEqualTo(FORBIDDEN);
        });
    }

    @Test
    void theConsoleNamesEveryChangeInTheAuditLog() throws IOException {
        String named = new ClassPathResource("console/audit.js").getContentAsString(StandardCharsets.UTF_8);
        assertThat(endpoints(endpoint -> !endpoint.reads()
                        && !endpoint.isOpen()
                        && !endpoint.isDevices()
                        && endpoint.path().startsWith("/api/v1/")))
                .isNotEmpty()
                .allSatisfy(endpoint -> assertThat(named)
                        .contains("'" + endpoint.method() + " "
                                + endpoint.path().replace("/api/v1", "").replace("/1", "/{}") + "': "));
    }

    @Test
    void answersHeadWhereItAnswersGet() {
        RestTestClient device = api.as(api.enrol().secret());
        assertThat(endpoints(endpoint -> endpoint.method().equals(HttpMethod.GET) && !endpoint.equals(EXPORT)))
                .isNotEmpty()
                .allSatisfy(endpoint -> {
                    Endpoint head = new Endpoint(HttpMethod.HEAD, endpoint.path());
                    for (RestTestClient caller : List.of(api.anonymous(), api.viewer(), api.operator(), device)) {
                        assertThat(status(caller, head)).isEqualTo(status(caller, endpoint));
                    }
                });
    }

    private static String refusal(RestTestClient client, Endpoint endpoint) {
        EntityExchangeResult<String> answer =
                client.method(endpoint.method()).uri(endpoint.path()).exchange().returnResult(String.class);
        if (answer.getStatus().value() != FORBIDDEN) {
            return "allowed";
        }
        String body = answer.getResponseBody();
        return body != null && body.contains("\"right\":\"") ? "names what is missing" : "names nothing: " + body;
    }

    private List<Endpoint> endpoints(Predicate<Endpoint> which) {
        return mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .flatMap(PermissionsTest::endpointsOf)
                .filter(endpoint -> !endpoint.path().equals("/error"))
                .filter(which)
                .toList();
    }

    private static Stream<Endpoint> endpointsOf(RequestMappingInfo mapping) {
        Set<RequestMethod> declared = mapping.getMethodsCondition().getMethods();
        Set<RequestMethod> methods = EnumSet.copyOf(declared.isEmpty() ? Set.of(RequestMethod.values()) : declared);
        if (methods.contains(RequestMethod.GET)) {
            methods.add(RequestMethod.HEAD);
        }
        return methods.stream()
                .filter(method -> method != RequestMethod.TRACE) // Tomcat refuses it itself
                .flatMap(method -> mapping.getPatternValues().stream()
                        .map(pattern -> pattern.replaceAll("\\{[^}]*}", "1").replace("**", "x"))
                        .map(path -> new Endpoint(method.asHttpMethod(), path)));
    }

    private static int status(RestTestClient client, Endpoint endpoint) {
        HttpStatusCode status = client.method(endpoint.method())
                .uri(endpoint.path())
                .exchange()
                .returnResult()
                .getStatus();
        return status.value();
    }
}
