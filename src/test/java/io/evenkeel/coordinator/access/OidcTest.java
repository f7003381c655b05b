package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The provider is a key set on a local port, with tokens signed by its key. */
@CoordinatorTest
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:oidc;DB_CLOSE_DELAY=-1",
            "evenkeel.oidc.role-claim=realm_access.roles",
            "evenkeel.oidc.name-claim=preferred_username",
            "evenkeel.oidc.client-id=evenkeel-console",
            "evenkeel.oidc.groups[0].name=team-a",
            "evenkeel.oidc.groups[0].role=operator",
            "evenkeel.oidc.groups[0].runs=fleet-a-*,shared",
            "evenkeel.oidc.groups[1].name=releases",
            "evenkeel.oidc.groups[1].role=viewer",
            "evenkeel.oidc.groups[1].rights=approve"
        })
class OidcTest {

    private static final String ISSUER = "https://login.example";
    private static final String AUDIENCE = "evenkeel";
    private static final RSAKey KEY = newKey();
    private static final HttpServer PROVIDER = provider();

    @Autowired
    private Api api;

    @Autowired
    private TurnedClock clock;

    @DynamicPropertySource
    static void provider(DynamicPropertyRegistry properties) {
        String jwt = "spring.security.oauth2.resourceserver.jwt.";
        properties.add(
                jwt + "jwk-set-uri",
                () -> "http://localhost:" + PROVIDER.getAddress().getPort() + "/keys");
        properties.add(jwt + "issuer-uri", () -> ISSUER);
        properties.add(jwt + "audiences", () -> AUDIENCE);
    }

    @AfterAll
    static void stop() {
        PROVIDER.stop(0);
    }

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
    void theFirstGroupOfACallerSaysWhatItAllows() {
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

    @Test
    void refusesSettingsOfGroupsThatAllowNothingSensible() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OidcSettings.Group("a", AccessRole.VIEWER, null, List.of("A")))
                .withMessageContaining("evenkeel.oidc.groups: 'a' has 'A', expected a run's name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OidcSettings.Group("", AccessRole.VIEWER, null, null))
                .withMessageContaining("evenkeel.oidc.groups has one without a name");
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
    void refusesThoseWithoutARole() {
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
    void refusesTokensThatHadExpiredBeforeTheClockWasSetBack() {
        String token = token(claims("k", "evenkeel-viewer").build());
        clock.advance(Duration.ofDays(36_500));
        get(token).expectStatus().isOk();
        clock.jump(Duration.ofDays(-2));
        try {
            Api.refused(get(token), ProblemKind.UNAUTHENTICATED);
        } finally {
            clock.jump(Duration.ofDays(2));
        }
        get(token).expectStatus().isOk();
    }

    @Test
    void refusesTokensThatTheProviderHasNotSigned() throws JOSEException {
        RSAKey other = new RSAKeyGenerator(2048).keyID(KEY.getKeyID()).generate();
        JWTClaimsSet claims = claims("mallory", "evenkeel-operator").build();
        Api.refused(get(signed(claims, other)), ProblemKind.UNAUTHENTICATED);
        String unsigned = "eyJhbGciOiJub25lIn0." + token(claims).split("\\.", -1)[1] + ".";
        Api.refused(get(unsigned), ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void tellsBrowsersWhereToSignInAndLetsTheConsoleAskThere() {
        api.anonymous()
                .get()
                .uri("/api/v1/sign-in")
                .exchange()
                .expectBody()
                .json("{\"openIdConnect\": {\"issuer\": \"" + ISSUER
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
    void needsAnIssuerToSignInAt() {
        OidcSettings settings = new OidcSettings("roles", "o", "v", "sub", "console", "openid", List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InteractiveSignIn(settings, ""))
                .withMessageContaining("issuer-uri is ''");
        assertThat(new InteractiveSignIn(settings, "https://login.example:8443/realms/fleet").origin())
                .contains("https://login.example:8443");
        assertThat(new InteractiveSignIn(new OidcSettings("roles", "o", "v", "sub", "", "openid", List.of()), ISSUER)
                        .origin())
                .isEmpty();
    }

    @Test
    void stillAcceptsTheOtherTokens() {
        get(CoordinatorTest.OPERATOR_TOKEN).expectStatus().isOk();
        Api.refused(api.as(api.enrol().secret()).get().uri("/api/v1/runs").exchange(), ProblemKind.FORBIDDEN);
    }

    private RestTestClient.ResponseSpec get(String token) {
        return api.as(token).get().uri("/api/v1/runs").exchange();
    }

    private static JWTClaimsSet.Builder claims(String name, String... roles) {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("subject-of-" + name)
                .claim("preferred_username", name)
                .claim("realm_access", Map.of("roles", List.of(roles)))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)));
    }

    private static String token(JWTClaimsSet claims) {
        return signed(claims, KEY);
    }

    private static String signed(JWTClaimsSet claims, RSAKey key) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID("key-1").generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpServer provider() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] keys = new JWKSet(KEY.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            server.createContext("/keys", exchange -> {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
