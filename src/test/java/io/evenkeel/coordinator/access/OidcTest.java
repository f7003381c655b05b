package io.evenkeel.coordinator.access;

import static io.evenkeel.coordinator.testing.SignInProvider.claims;
import static io.evenkeel.coordinator.testing.SignInProvider.token;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OtherSettings;
import io.evenkeel.coordinator.testing.SignInProvider;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The provider is a key set on a local port, with tokens signed by its key. */
@OtherSettings
class OidcTest {

    @Autowired
    private Api api;

    @Test
    void acceptsOperatorsAndViewersOfTheProvider() {
        String operator = token(claims("heidi", "evenkeel-operator", "other").build());
        String viewer = token(claims("ivan", "evenkeel-viewer").build());
        api.as(operator)
                .post()
                .uri("/api/v1/runs/none/start")
                .exchange()
                .expectStatus()
                .isNotFound();
        api.as(viewer).get().uri("/api/v1/runs").exchange().expectStatus().isOk();
        Api.refused(api.as(viewer).post().uri("/api/v1/runs/none/start").exchange(), ProblemKind.FORBIDDEN);
        String log = api.as(viewer)
                .get()
                .uri("/api/v1/audit-log?run=none")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        assertThat(log)
                .contains("\"actor\":\"oidc:heidi\"", "\"actor\":\"oidc:ivan\"")
                .doesNotContain(operator);
    }

    @Test
    void theFirstMatchingGroupDeterminesPermissions() {
        assertThat(caller("evenkeel-viewer", "releases", "team-a"))
                .contains("\"role\":\"operator\",\"rights\":[],\"runs\":[\"fleet-a-*\",\"shared\"]");
        assertThat(caller("evenkeel-viewer", "releases"))
                .contains("\"role\":\"viewer\",\"rights\":[\"approve\"],\"runs\":[\"*\"]");
        assertThat(caller("evenkeel-operator", "team-a"))
                .contains("\"rights\":[\"approve\",\"mint\"],\"runs\":[\"*\"]");
        RestTestClient ofTeam = api.as(token(claims("kim", "team-a").build()));
        Api.refused(ofTeam.get().uri("/api/v1/runs/fleet-b-1").exchange(), ProblemKind.FORBIDDEN);
        Api.refused(ofTeam.get().uri("/api/v1/runs/fleet-a-1").exchange(), ProblemKind.RUN_NOT_FOUND);
    }

    private String caller(String... roles) {
        String answer = api.as(token(claims("kim", roles).build()))
                .get()
                .uri("/api/v1/caller")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();
        return answer == null ? "" : answer;
    }

    @Test
    void refusesCallersWithoutARole() {
        Api.refused(get(token(claims("judy", "other").build())), ProblemKind.FORBIDDEN);
        Api.refused(get(token(claims("judy").claim("realm_access", null).build())), ProblemKind.FORBIDDEN);
    }

    @Test
    void refusesTokensThatAreOldOrOfAnotherIssuerOrForAnotherAudience() {
        Date past = Date.from(Instant.now().minusSeconds(3600));
        Api.refused(
                get(token(claims("k", "evenkeel-viewer").expirationTime(past).build())), ProblemKind.UNAUTHENTICATED);
        Api.refused(
                get(token(claims("k", "evenkeel-viewer")
                        .issuer("https://evil.example")
                        .build())),
                ProblemKind.UNAUTHENTICATED);
        Api.refused(get(token(claims("k", "evenkeel-viewer").audience("shop").build())), ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void refusesTokensThatTheProviderHasNotSigned() {
        JWTClaimsSet claims = claims("mallory", "evenkeel-operator").build();
        Api.refused(get(SignInProvider.forged(claims)), ProblemKind.UNAUTHENTICATED);
        String unsigned = "eyJhbGciOiJub25lIn0." + token(claims).split("\\.", -1)[1] + ".";
        Api.refused(get(unsigned), ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void advertisesTheProviderAndLetsTheConsoleConnectToIt() {
        api.anonymous()
                .get()
                .uri("/api/v1/sign-in")
                .exchange()
                .expectBody()
                .json("{\"openIdConnect\": {\"issuer\": \"" + SignInProvider.ISSUER
                        + "\", \"clientId\": \"evenkeel-console\", \"scope\": \"openid\"}}");
        String policy = api.anonymous()
                .get()
                .uri("/")
                .exchange()
                .returnResult(byte[].class)
                .getResponseHeaders()
                .getFirst("Content-Security-Policy");
        assertThat(policy).contains("connect-src 'self' https://login.example; ");
    }

    @Test
    void stillAcceptsTheOtherTokens() {
        get(CoordinatorTest.OPERATOR_TOKEN).expectStatus().isOk();
        Api.refused(api.as(api.enrol().secret()).get().uri("/api/v1/runs").exchange(), ProblemKind.FORBIDDEN);
    }

    private RestTestClient.ResponseSpec get(String token) {
        return api.as(token).get().uri("/api/v1/runs").exchange();
    }
}
