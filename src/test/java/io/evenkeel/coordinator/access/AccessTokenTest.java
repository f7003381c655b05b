package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class AccessTokenTest {

    private static final String TOKENS = "/api/v1/access-tokens";

    @Autowired
    private Api api;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void aSecondOperatorHasTheSamePermissions() {
        Map<?, ?> created = create(Map.of("name", "alice", "role", "operator"));
        String token = String.valueOf(created.get("token"));
        assertThat(token).matches("evk_op_" + created.get("id") + "_[A-Za-z0-9_-]{43}");
        post(api.as(token), Map.of("name", "bob", "role", "viewer"))
                .expectStatus()
                .isCreated();
        assertThat(listed(api.operator()))
                .contains("\"name\":\"bob\"", "\"createdBy\":\"alice (" + created.get("id") + ")\"");
    }

    @Test
    void aSecondViewerMayReadButCreatesNoTokens() {
        String token = String.valueOf(
                create(Map.of("name", "prometheus", "role", "viewer")).get("token"));
        assertThat(token).startsWith("evk_view_");
        api.as(token)
                .get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectStatus()
                .isOk();
        Api.refused(post(api.as(token), Map.of("name", "me", "role", "operator")), ProblemKind.FORBIDDEN);
    }

    @Test
    void isRefusedOnceItIsRevoked() {
        Map<?, ?> created = create(Map.of("name", "carol", "role", "operator"));
        RestTestClient carol = api.as(String.valueOf(created.get("token")));
        assertThat(listed(carol)).contains("carol");
        revoke(String.valueOf(created.get("id"))).expectStatus().isNoContent();
        Api.refused(carol.get().uri(TOKENS).exchange(), ProblemKind.UNAUTHENTICATED);
        revoke(String.valueOf(created.get("id"))).expectStatus().isNoContent();
        Api.refused(revoke("000000000000"), ProblemKind.ACCESS_TOKEN_NOT_FOUND);
    }

    @Test
    void isRefusedOnceItHasExpired() {
        RestTestClient dave =
                api.as(String.valueOf(create(Map.of("name", "dave", "role", "viewer", "expiresIn", "PT1H"))
                        .get("token")));
        dave.get().uri(TOKENS).exchange().expectStatus().isOk();
        clock.advance(Duration.ofHours(1));
        Api.refused(dave.get().uri(TOKENS).exchange(), ProblemKind.UNAUTHENTICATED);

        clock.jump(Duration.ofDays(-2));
        try {
            Api.refused(dave.get().uri(TOKENS).exchange(), ProblemKind.UNAUTHENTICATED);
        } finally {
            clock.jump(Duration.ofDays(2));
        }
    }

    @Test
    void isStoredAndListedWithoutItsText() {
        Map<?, ?> created = create(Map.of("name", "erin", "role", "viewer"));
        String token = String.valueOf(created.get("token"));
        assertThat(jdbc.queryForObject("SELECT hash FROM access_token WHERE id = ?", String.class, created.get("id")))
                .isEqualTo(Credential.hash(token));
        assertThat(listed(api.viewer())).contains("erin").doesNotContain(token, Credential.hash(token));
    }

    @Test
    void refusesATokenWithTheIdOfAnother() {
        Map<?, ?> created = create(Map.of("name", "frank", "role", "viewer"));
        String token = String.valueOf(created.get("token"));
        Api.refused(
                api.as(token.replace("evk_view_", "evk_op_")).get().uri(TOKENS).exchange(),
                ProblemKind.UNAUTHENTICATED);
        Api.refused(
                api.as(token.substring(0, token.length() - 43) + "A".repeat(43))
                        .get()
                        .uri(TOKENS)
                        .exchange(),
                ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void refusesATokenWithoutNameOrKnownRole() {
        Api.refused(post(api.operator(), Map.of("name", "x", "role", "root")), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("role");
        Api.refused(post(api.operator(), Map.of("name", " ", "role", "viewer")), ProblemKind.INVALID);
        Api.refused(post(api.operator(), Map.of("name", "x")), ProblemKind.INVALID);
    }

    private Map<?, ?> create(Map<String, ?> request) {
        Map<?, ?> answer = post(api.operator(), request)
                .expectStatus()
                .isCreated()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody();
        return answer == null ? Map.of() : answer;
    }

    private static RestTestClient.ResponseSpec post(RestTestClient client, Map<String, ?> request) {
        return client.post()
                .uri(TOKENS)
                .contentType(MediaType.APPLICATION_JSON)
                .body(request)
                .exchange();
    }

    private RestTestClient.ResponseSpec revoke(String id) {
        return api.operator().delete().uri(TOKENS + "/" + id).exchange();
    }

    private static String listed(RestTestClient client) {
        String body = client.get()
                .uri(TOKENS)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return body == null ? "" : body;
    }
}
