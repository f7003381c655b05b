package io.evenkeel.coordinator.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.LimitTime;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Tests refusals over HTTP while the clock of the limits is stopped; {@link RateLimitsTest} tests the limits. */
@CoordinatorTest
class RateLimitTest {

    private static final int ALLOWED_FAILURES = 100;

    /** A number beyond every limit of these tests. */
    private static final int MANY = 100_000;

    @Autowired
    private Api api;

    @Autowired
    private RateLimits limits;

    @Autowired
    private LimitTime time;

    /** Moves past the minute in which other tests' requests were counted. */
    @BeforeEach
    void stopTheTime() {
        time.stop();
        time.advance(Duration.ofMinutes(1));
    }

    @AfterEach
    void allowOtherTestsAllAgain() {
        time.advance(Duration.ofMinutes(1));
        time.goOn();
    }

    /** Repeats a counted action until the limit is reached. */
    private static void useUp(Runnable count) {
        for (int i = 0; i < MANY; i++) {
            try {
                count.run();
            } catch (ProblemException tooMuch) {
                return;
            }
        }
        throw new AssertionError("there is no limit");
    }

    @Test
    void refusesADeviceThatSendsTooMuchWithRetryAfter() {
        Api.Enrolled device = api.enrol();
        useUp(() -> limits.request(device.client()).close());
        RestTestClient.ResponseSpec answer = task(device.secret());
        answer.expectHeader().valueMatches("Retry-After", "[1-9][0-9]*");
        Api.refused(answer, ProblemKind.TOO_MANY_REQUESTS);
        Api.refused(task(api.enrol().secret()), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void refusesAnAddressThatEnrolsTooMuch() {
        String token = api.enrolmentToken(20);
        enrol(token).expectStatus().isCreated();
        for (String address : List.of("127.0.0.1", "0:0:0:0:0:0:0:1")) {
            useUp(() -> limits.enrolment(address));
        }
        RestTestClient.ResponseSpec answer = enrol(token);
        answer.expectHeader().exists("Retry-After");
        Api.refused(answer, ProblemKind.TOO_MANY_REQUESTS);
    }

    @Test
    void refusesGuessesOfASecretAfterAHundredInAMinute() {
        Api.Enrolled device = api.enrol();
        assertThat(status(device.secret())).isEqualTo(404);
        beginAMinute();
        for (int i = 1; i < ALLOWED_FAILURES; i++) {
            assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(401);
            time.advance(Duration.ofMillis(300));
        }
        for (int i = 0; i < 30; i++) {
            assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(429);
        }
        // The device is in the cache, so its own requests need no look-up.
        assertThat(status(device.secret())).isEqualTo(404);
        time.advance(Duration.ofSeconds(31));
        assertThat(status(Credential.newDeviceToken(device.client()))).isEqualTo(401);
    }

    /** Waits until the address's minute has passed, and starts a new one with a failure. */
    private void beginAMinute() {
        for (int i = 0; i < ALLOWED_FAILURES; i++) {
            assertThat(status("nonsense")).isEqualTo(401);
        }
        while (status("nonsense") == 429) {
            time.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void countsMalformedCredentialsToo() {
        List<String> wrong = List.of("evk_dev_cut", "evk_enrol_in_the_wrong_place", "nonsense", "");
        for (int i = 0; i < ALLOWED_FAILURES; i++) {
            assertThat(status(wrong.get(i % wrong.size()))).isEqualTo(401);
        }
        assertThat(wrong).allSatisfy(token -> assertThat(status(token)).isEqualTo(429));
        api.anonymous()
                .get()
                .uri("/api/v1/runs")
                .header("Authorization", "Basic YTpi")
                .exchange()
                .expectStatus()
                .isEqualTo(429);
        api.operator().get().uri("/api/v1/runs").exchange().expectStatus().isOk();
    }

    /** An orchestrator restarts a process whose health check does not respond. */
    @Test
    void answersHealthChecksOfAnAddressThatIsOtherwiseRefused() {
        for (int i = 0; i <= ALLOWED_FAILURES; i++) {
            limits.failed("127.0.0.1");
            limits.failed("0:0:0:0:0:0:0:1");
        }
        Api.refused(task(Credential.newDeviceToken(Credential.newId())), ProblemKind.TOO_MANY_REQUESTS);
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

    private int status(String token) {
        return task(token).returnResult().getStatus().value();
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
