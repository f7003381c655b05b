package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * Tests permissions that do not follow from the path alone: rights and patterns of runs. {@link PermissionsTest} covers
 * the paths.
 */
@CoordinatorTest
class LimitedAccessTest {

    @Autowired
    private Api api;

    private RestTestClient limited;

    @BeforeEach
    void create() {
        limited = person("limited", "operator", Map.of("runs", List.of("limited-*")));
    }

    private RestTestClient person(String name, String role, Map<String, ?> more) {
        Map<String, Object> request = new HashMap<>(more);
        request.put("name", name);
        request.put("role", role);
        return api.as(api.accessToken(request));
    }

    private static RestTestClient.ResponseSpec post(RestTestClient client, String path, Map<String, ?> body) {
        return client.post()
                .uri("/api/v1/" + path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private static RestTestClient.ResponseSpec put(RestTestClient client, String path, Map<String, ?> body) {
        return client.put()
                .uri("/api/v1/" + path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private static RestTestClient.ResponseSpec get(RestTestClient client, String path) {
        return client.get().uri("/api/v1/" + path).exchange();
    }

    private static String body(RestTestClient.ResponseSpec answer) {
        String body = answer.expectStatus()
                .is2xxSuccessful()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return body == null ? "" : body;
    }

    private static void lacks(RestTestClient.ResponseSpec answer, String right) {
        Api.refused(answer, ProblemKind.FORBIDDEN).jsonPath("$.right").isEqualTo(right);
    }

    private static Map<String, ?> run(String name) {
        return Map.of("name", name, "dimension", 4, "algorithm", "ef21-norm", "rounds", 3);
    }

    private static Map<String, ?> experiment(String name) {
        return Map.of(
                "name",
                name,
                "definition",
                Map.of("dimension", 4, "rounds", 3),
                "arms",
                Map.of("a", Map.of("algorithm", "ef21-norm"), "b", Map.of("algorithm", "ef21-adaptive")));
    }

    @Test
    void createsAndListsOnlyItsOwnRuns() {
        body(post(limited, "runs", run("limited-1")));
        lacks(post(limited, "runs", run("foreign-1")), "run");
        body(post(api.operator(), "runs", run("foreign-1")));
        lacks(post(limited, "runs", run("foreign-1")), "run");

        for (String list : List.of("runs", "run-overview")) {
            assertThat(body(get(limited, list))).contains("limited-1").doesNotContain("foreign-1");
            assertThat(body(get(limited, list + "?search=foreign"))).doesNotContain("foreign-1");
            assertThat(body(get(api.viewer(), list + "?search=-1"))).contains("limited-1", "foreign-1");
        }
        assertThat(body(get(limited, "run-overview?search=n-1"))).contains("\"total\":0");
        assertThat(body(get(limited, "runs?search=-1&after=limited-1"))).isEqualTo("[]");
        lacks(get(limited, "runs?after=foreign-1"), "run");
        lacks(get(limited, "runs/foreign-1"), "run");
        lacks(post(limited, "runs/foreign-1/start", Map.of()), "run");
        assertThat(body(get(api.viewer(), "runs/foreign-1"))).contains("\"state\":\"created\"");
    }

    @Test
    void seesOnlyTheRelaysOfItsOwnRuns() {
        RestTestClient relay = api.as(api.enrol().secret());
        body(put(relay, "clients/me/attributes", Map.of("attributes", Map.of("kind", "relay", "relay-members", "7"))));
        for (String name : List.of("limited-r", "foreign-r")) {
            body(post(api.operator(), "runs", run(name)));
            body(put(relay, "runs/" + name + "/members/me", Map.of("weight", 1)));
        }

        assertThat(body(get(limited, "relays")))
                .contains("\"run\":\"limited-r\"", "\"members\":7")
                .doesNotContain("foreign-r", "upstream");
        assertThat(body(get(api.viewer(), "relays"))).contains("limited-r", "foreign-r");
        lacks(get(limited, "relays?run=foreign-r"), "run");
        Api.refused(get(api.viewer(), "relays?run=absent"), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void comparesMethodsOnlyInItsOwnRuns() {
        body(post(limited, "experiments", experiment("limited-e")));
        lacks(post(limited, "experiments", experiment("foreign-e")), "run");
        body(post(api.operator(), "experiments", experiment("foreign-e")));
        assertThat(body(get(limited, "experiments"))).contains("limited-e").doesNotContain("foreign-e");
        assertThat(body(get(limited, "experiments?run=foreign-e-a"))).isEqualTo("[]");
        assertThat(body(get(api.viewer(), "experiments"))).contains("limited-e", "foreign-e");
        lacks(post(limited, "experiments/foreign-e/stop", Map.of()), "run");
        body(post(limited, "experiments/limited-e/stop", Map.of()));
        RestTestClient ofOneRun = person("of one run", "viewer", Map.of("runs", List.of("limited-e-a")));
        assertThat(body(get(ofOneRun, "experiments"))).isEqualTo("[]");
    }

    @Test
    void readsOnlyTheAuditEntriesOfItsOwnRuns() {
        body(post(limited, "runs", run("limited-log")));
        lacks(post(limited, "runs/foreign-log/pause", Map.of()), "run");
        assertThat(body(get(limited, "audit-log"))).contains("limited-log").doesNotContain("foreign-log");
        assertThat(body(get(limited, "audit-log?run=foreign-log"))).isEqualTo("[]");
        assertThat(body(get(api.viewer(), "audit-log?run=foreign-log")))
                .contains("\"actor\":\"limited (", "\"status\":403");
    }

    @Test
    void reportsItsPermissions() {
        assertThat(body(get(limited, "caller")))
                .contains("\"role\":\"operator\"", "\"rights\":[]", "\"runs\":[\"limited-*\"]");
        assertThat(body(get(api.operator(), "caller")))
                .contains("\"rights\":[\"approve\",\"mint\"]", "\"runs\":[\"*\"]");
        lacks(get(limited, "clients"), "all-runs");
        lacks(post(limited, "enrolment-tokens", Map.of("run", "limited-1")), "all-runs");
    }

    @Test
    void nobodyMintsATokenThatAllowsMoreThanTheirOwn() {
        Map<String, ?> operator = Map.of("name", "x", "role", "operator");
        Map<String, ?> approver = Map.of("name", "x", "role", "viewer", "rights", List.of("approve"));
        Map<String, ?> ofRuns = Map.of("name", "x", "role", "operator", "runs", List.of("a-*"));

        RestTestClient viewer = person("minting viewer", "viewer", Map.of("rights", List.of("mint")));
        lacks(post(viewer, "access-tokens", ofRuns), "operator");
        lacks(post(viewer, "access-tokens", approver), "approve");
        body(post(viewer, "access-tokens", Map.of("name", "x", "role", "viewer", "rights", List.of("mint"))));

        RestTestClient minter = person("minter", "operator", Map.of("rights", List.of("mint")));
        lacks(post(minter, "access-tokens", operator), "approve");
        lacks(post(minter, "access-tokens", approver), "approve");
        body(post(minter, "access-tokens", ofRuns));

        lacks(
                post(person("approver", "viewer", Map.of("rights", List.of("approve"))), "access-tokens", ofRuns),
                "mint");
        lacks(post(limited, "access-tokens", ofRuns), "mint");
    }

    @Test
    void refusesTokensWhoseRightsOrPatternsAreWrong() {
        for (Map<String, ?> wrong : List.<Map<String, ?>>of(
                Map.of("rights", List.of("root")),
                Map.of("runs", List.of()),
                Map.of("runs", List.of("a b")),
                Map.of("rights", List.of("mint"), "runs", List.of("a-*")))) {
            Map<String, Object> request = new HashMap<>(wrong);
            request.put("name", "x");
            request.put("role", "operator");
            Api.refused(post(api.operator(), "access-tokens", request), ProblemKind.INVALID)
                    .jsonPath("$.field")
                    .value(
                            String.class,
                            field -> assertThat(field).startsWith(wrong.containsKey("rights") ? "rights" : "runs"));
        }
    }
}
