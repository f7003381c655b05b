package io.evenkeel.coordinator.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Tests low limits over HTTP. Requests of one test also count in later tests. */
@CoordinatorTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:limits;DB_CLOSE_DELAY=-1",
            "evenkeel.limits.requests-per-second=1",
            "evenkeel.limits.enrolments-per-minute=4",
            "evenkeel.limits.failures-per-minute=3"
        })
class RateLimitTest {

    @Autowired
    private Api api;

    @Test
    @Order(1)
    void refusesADeviceThatSendsTooMuchWithRetryAfter() {
        Api.Enrolled device = api.enrol();
        RestTestClient.ResponseSpec answer = task(device.secret());
        for (int i = 0; i < 20; i++) {
            answer = task(device.secret());
        }
        answer.expectHeader().valueMatches("Retry-After", "[1-9][0-9]*");
        Api.refused(answer, ProblemKind.TOO_MANY_REQUESTS);
        Api.refused(task(api.enrol().secret()), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    @Order(2)
    void refusesAnAddressThatEnrolsTooMuch() {
        RestTestClient.ResponseSpec answer = enrol(api.enrolmentToken(20));
        for (int i = 0; i < 6; i++) {
            answer = enrol("evk_enrol_any");
        }
        answer.expectHeader().exists("Retry-After");
        Api.refused(answer, ProblemKind.TOO_MANY_REQUESTS);
    }

    @Test
    @Order(3)
    void queriesNoDatabaseForAnAddressWithManyFailuresButAcceptsKnownDevices() {
        int status = 401;
        for (int i = 0; i < 10 && status == 401; i++) {
            status = task(Credential.newDeviceToken(Credential.newId()))
                    .returnResult()
                    .getStatus()
                    .value();
        }
        assertThat(status).isEqualTo(429);
        api.operator().get().uri("/api/v1/runs").exchange().expectStatus().isOk();
    }

    /** An orchestrator restarts a process whose health check does not respond. */
    @Test
    @Order(4)
    void answersHealthToAnAddressThatIsRefusedAllElse() {
        RestTestClient.ResponseSpec refused = task(Credential.newDeviceToken(Credential.newId()));
        Api.refused(refused, ProblemKind.TOO_MANY_REQUESTS);
        for (String path : List.of("", "/liveness", "/readiness")) {
            for (RestTestClient caller : List.of(api.anonymous(), api.as("wrong"), api.as("evk_dev_cut"))) {
                for (int i = 0; i < 10; i++) {
                    caller.get()
                            .uri("/actuator/health" + path)
                            .exchange()
                            .expectStatus()
                            .isOk();
                }
            }
        }
    }

    private RestTestClient.ResponseSpec task(String secret) {
        return api.as(secret).get().uri("/api/v1/runs/none/task").exchange();
    }

    private RestTestClient.ResponseSpec enrol(String token) {
        return api.anonymous()
                .post()
                .uri("/api/v1/enrolments")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("token", token))
                .exchange();
    }
}
