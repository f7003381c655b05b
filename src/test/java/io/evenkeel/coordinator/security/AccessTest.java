package io.evenkeel.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class AccessTest {

    private static final String CLIENTS = "/api/v1/clients";

    private final Api api;

    AccessTest(@Autowired Api api) {
        this.api = api;
    }

    @Test
    void asksForCredentialsIfNoneAreSent() {
        RestTestClient.ResponseSpec answer = get(api.anonymous(), CLIENTS);
        answer.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        Api.refused(answer, ProblemKind.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wrong",
                "evk_op_9999999999999999999999999999999999999999999",
                "evk_dev_000000000000_9999999999999999999999999999999999999999999",
                "evk_dev_cut",
                "evk_enrol_9999999999999999999999999999999999999999999"
            })
    void refusesAnUnknownToken(String token) {
        RestTestClient.ResponseSpec answer = get(api.as(token), CLIENTS);
        answer.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        Api.refused(answer, ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void refusesOtherSchemes() {
        RestTestClient basic = api.anonymous()
                .mutate()
                .defaultHeader("Authorization", "Basic b3BlcmF0b3I6b3BlcmF0b3I=")
                .build();
        Api.refused(get(basic, CLIENTS), ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void refusesAnotherDevicesSecretUnderTheCallersName() {
        Api.Enrolled mine = api.enrol();
        Api.Enrolled other = api.enrol();
        String forged = mine.secret().replace(mine.client(), other.client());
        Api.refused(get(api.as(forged), "/api/v1/runs/any/task"), ProblemKind.UNAUTHENTICATED);
    }

    @Test
    void refusesOperatorEndpointsToDevices() {
        RestTestClient device = api.as(api.enrol().secret());
        Api.refused(get(device, CLIENTS), ProblemKind.FORBIDDEN);
        Api.refused(get(device, "/api/v1/runs"), ProblemKind.FORBIDDEN);
        Api.refused(get(device, "/actuator/prometheus"), ProblemKind.FORBIDDEN);
        Api.refused(device.post().uri("/api/v1/enrolment-tokens").exchange(), ProblemKind.FORBIDDEN);
        Api.refused(get(device, "/api/v1/runs/any/members/" + api.enrol().client()), ProblemKind.FORBIDDEN);
    }

    @Test
    void refusesDeviceEndpointsToTheOperator() {
        Api.refused(get(api.operator(), "/api/v1/runs/any/task"), ProblemKind.FORBIDDEN);
        Api.refused(
                api.operator()
                        .put()
                        .uri("/api/v1/runs/any/rounds/0/messages/me")
                        .exchange(),
                ProblemKind.FORBIDDEN);
        Api.refused(get(api.operator(), "/api/v1/runs/any/members/me/state"), ProblemKind.FORBIDDEN);
    }

    @Test
    void refusesTheNextRequestOfARevokedDevice() {
        Api.Enrolled device = api.enrol();
        Api.refused(get(api.as(device.secret()), CLIENTS), ProblemKind.FORBIDDEN);
        api.operator()
                .delete()
                .uri(CLIENTS + "/" + device.client())
                .exchange()
                .expectStatus()
                .isNoContent();
        Api.refused(get(api.as(device.secret()), CLIENTS), ProblemKind.CLIENT_REVOKED)
                .jsonPath("$.client")
                .isEqualTo(device.client());
    }

    @Test
    void showsHealthToEveryoneButDetailsToNoOne() {
        for (String path :
                new String[] {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"}) {
            get(api.anonymous(), path)
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.status")
                    .isEqualTo("UP")
                    .jsonPath("$.components")
                    .doesNotExist();
        }
    }

    @Test
    void showsMetricsToTheOperatorOnly() {
        Api.refused(get(api.anonymous(), "/actuator/prometheus"), ProblemKind.UNAUTHENTICATED);
        get(api.operator(), "/actuator/prometheus").expectStatus().isOk();
        Api.refused(get(api.operator(), "/actuator/env"), ProblemKind.NOT_FOUND);
        Api.refused(get(api.operator(), "/actuator/sbom"), ProblemKind.NOT_FOUND);
    }

    @Test
    void sendsSecurityHeadersForBrowsers() {
        get(api.operator(), "/api/v1/caller")
                .expectHeader()
                .valueEquals("X-Content-Type-Options", "nosniff")
                .expectHeader()
                .valueEquals("X-Frame-Options", "DENY")
                .expectHeader()
                .valueMatches("Cache-Control", ".*no-store.*")
                .expectHeader()
                .exists("Content-Security-Policy")
                .expectHeader()
                .valueEquals("Referrer-Policy", "no-referrer")
                .expectHeader()
                .valueEquals("Cross-Origin-Resource-Policy", "same-origin")
                .expectHeader()
                .doesNotExist("Server")
                .expectHeader()
                .doesNotExist("Set-Cookie");
    }

    @Test
    void revealsNeitherServerNorVersionForARequestThatIsNotHttp() throws Exception {
        URI endpoint = URI.create(api.endpoint());
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort());
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream()) {
            out.write("GET /<> HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .doesNotContainIgnoringCase("tomcat")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void answersPathsThatTheFirewallRefusesWithAProblemDocument() {
        Api.refused(
                api.operator()
                        .get()
                        .uri(URI.create(api.endpoint() + "/api/v1//clients;x=1"))
                        .exchange(),
                ProblemKind.MALFORMED);
    }

    private static RestTestClient.ResponseSpec get(RestTestClient client, String path) {
        return client.get().uri(path).exchange();
    }
}
