package io.evenkeel.coordinator.fleet;

import static io.evenkeel.coordinator.fleet.FleetCalls.TOKENS;
import static io.evenkeel.coordinator.fleet.FleetCalls.object;
import static io.evenkeel.coordinator.fleet.FleetCalls.status;
import static io.evenkeel.coordinator.fleet.FleetCalls.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@CoordinatorTest
class EnrolmentTest {

    private final Api api;
    private final FleetCalls fleet;
    private final TurnedClock clock;
    private final JdbcClient jdbc;

    EnrolmentTest(@Autowired Api api, @Autowired TurnedClock clock, @Autowired JdbcClient jdbc) {
        this.api = api;
        this.fleet = new FleetCalls(api);
        this.clock = clock;
        this.jdbc = jdbc;
    }

    @Test
    void givesADeviceItsOwnIdAndSecret() {
        Map<String, Object> answer = object(fleet.enrol(api.enrolmentToken(1), "meter-17"));
        assertThat(answer.keySet()).containsExactlyInAnyOrder("client", "secret");
        assertThat(text(answer, "secret")).startsWith("evk_dev_" + answer.get("client") + "_");
        Map<String, Object> client = object(api.operator()
                .get()
                .uri("/api/v1/clients/" + answer.get("client"))
                .exchange());
        assertThat(client).containsEntry("name", "meter-17").containsEntry("revokedAt", null);
        assertThat(text(client, "enrolledAt")).startsWith("2026-03-01T");
    }

    @Test
    void tokensAreListedPageByPage() {
        Http operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        List<String> made = IntStream.range(0, 3)
                .mapToObj(i -> operator.postJson("/enrolment-tokens", "{}").get("id"))
                .toList();
        List<String> listed = new ArrayList<>();
        List<Map<String, Object>> page =
                operator.get("/enrolment-tokens?limit=2").jsonList();
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(2);
            page.forEach(token -> listed.add(String.valueOf(token.get("id"))));
            page = operator.get("/enrolment-tokens?limit=2&after=" + listed.get(listed.size() - 1))
                    .jsonList();
        }
        assertThat(listed).doesNotHaveDuplicates().containsAll(made);
        assertThat(operator.get("/enrolment-tokens?limit=1001").status()).isEqualTo(400);
    }

    @Test
    void enrolsOneDeviceForEachUseOfAToken() {
        String token = api.enrolmentToken(2);
        fleet.enrol(token, "a").expectStatus().isCreated();
        fleet.enrol(token, "b").expectStatus().isCreated();
        Api.refused(fleet.enrol(token, "c"), ProblemKind.ENROLMENT_TOKEN_USED_UP);
    }

    @Test
    void concurrentEnrolmentsNeverExceedTheUsesOfAToken() throws Exception {
        String token = api.enrolmentToken(5);
        ExecutorService devices = Executors.newFixedThreadPool(16);
        try {
            List<Future<Integer>> answers = devices.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () -> status(fleet.enrol(token, "device " + i)))
                    .toList());
            int enrolled = 0;
            for (Future<Integer> answer : answers) {
                assertThat(answer.get()).isIn(201, 403);
                enrolled += answer.get() == 201 ? 1 : 0;
            }
            assertThat(enrolled).isEqualTo(5);
        } finally {
            devices.shutdownNow();
        }
        Api.refused(fleet.enrol(token, "late"), ProblemKind.ENROLMENT_TOKEN_USED_UP);
    }

    @Test
    void aRepeatedEnrolmentTakesOneUse() {
        String token = api.enrolmentToken(1);
        Map<String, Object> lost = object(fleet.enrolAs("key-of-one-device", token));
        Map<String, Object> again = object(fleet.enrolAs("key-of-one-device", token));
        assertThat(again).containsEntry("client", lost.get("client"));
        assertThat(again.get("secret")).isNotEqualTo(lost.get("secret"));
        Api.refused(fleet.enrolAs("key-of-another-one", token), ProblemKind.ENROLMENT_TOKEN_USED_UP);
        Api.refused(fleet.task(text(lost, "secret")), ProblemKind.UNAUTHENTICATED);
        Api.refused(fleet.task(text(again, "secret")), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void aRepeatedEnrolmentIsRefusedOnceItsSecretWasUsed() {
        String token = api.enrolmentToken(2);
        Map<String, Object> enrolled = object(fleet.enrolAs("key-that-was-seen", token));
        Api.refused(fleet.task(text(enrolled, "secret")), ProblemKind.RUN_NOT_FOUND);
        Api.refused(fleet.enrolAs("key-that-was-seen", token), ProblemKind.CONFLICT)
                .jsonPath("$.client")
                .isEqualTo(text(enrolled, "client"));
        Api.refused(fleet.task(text(enrolled, "secret")), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void concurrentEnrolmentsWithOneKeyCreateOneClient() throws Exception {
        String token = api.enrolmentToken(20);
        ExecutorService devices = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = devices.invokeAll(IntStream.range(0, 16)
                    .<Callable<String>>mapToObj(
                            i -> () -> text(object(fleet.enrolAs("key-that-comes-often", token)), "client"))
                    .toList());
            List<String> clients = new ArrayList<>();
            for (Future<String> answer : answers) {
                clients.add(answer.get());
            }
            assertThat(clients).hasSize(16).containsOnly(clients.get(0));
        } finally {
            devices.shutdownNow();
        }
        assertThat(jdbc.sql("SELECT uses_left FROM enrolment_token WHERE hash = ?")
                        .param(Credential.hash(token))
                        .query(Integer.class)
                        .single())
                .isEqualTo(19);
    }

    @Test
    void refusesAKeyThatIsTooShortToBeRandom() {
        Api.refused(fleet.enrolAs("1", api.enrolmentToken(1)), ProblemKind.MALFORMED);
    }

    @Test
    void keepsADeviceToTheRunItsTokenIsFor() {
        String token = text(fleet.create(Map.of("uses", 1, "run", "its-run")), "token");
        String secret = text(object(fleet.enrol(token, "bound")), "secret");
        Api.refused(fleet.task(secret), ProblemKind.FORBIDDEN);
        Api.refused(api.as(secret).get().uri("/api/v1/runs/any/rounds/0/model").exchange(), ProblemKind.FORBIDDEN);
        Api.refused(api.as(secret).put().uri("/api/v1/runs/any/members/me").exchange(), ProblemKind.FORBIDDEN)
                .jsonPath("$.detail")
                .value(detail -> assertThat(String.valueOf(detail)).contains("enrolled for run 'its-run' only"))
                .jsonPath("$.action")
                .value(action ->
                        assertThat(String.valueOf(action)).contains("enrol it anew with a token without a run"));
        Api.refused(
                api.as(secret).get().uri("/api/v1/runs/any%2f..%2fits-run/task").exchange(), ProblemKind.MALFORMED);
        Api.refused(api.as(secret).get().uri("/api/v1/runs/its-run/task").exchange(), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void enrolsUntilTheTokenExpires() {
        Map<String, Object> created = fleet.create(Map.of("uses", 5, "expiresIn", "1h"));
        String token = text(created, "token");
        clock.advance(Duration.ofMinutes(59));
        fleet.enrol(token, "in time").expectStatus().isCreated();
        clock.advance(Duration.ofMinutes(1));
        Api.refused(fleet.enrol(token, "late"), ProblemKind.ENROLMENT_TOKEN_EXPIRED);
    }

    @Test
    void enrolsNoDeviceWithARevokedOrUnknownToken() {
        Map<String, Object> created = fleet.create(Map.of("uses", 5));
        String token = text(created, "token");
        for (int i = 0; i < 2; i++) {
            api.operator()
                    .delete()
                    .uri(TOKENS + "/" + created.get("id"))
                    .exchange()
                    .expectStatus()
                    .isNoContent();
        }
        Api.refused(fleet.enrol(token, "a"), ProblemKind.ENROLMENT_TOKEN_UNKNOWN);
        Api.refused(fleet.enrol("evk_enrol_made-up", "a"), ProblemKind.ENROLMENT_TOKEN_UNKNOWN);
        Api.refused(fleet.enrol(" ", "a"), ProblemKind.INVALID);
    }

    @Test
    void refusesANameThatIsLongOrHasControlCharacters() {
        String token = api.enrolmentToken(1);
        Api.refused(fleet.enrol(token, "x".repeat(101)), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("name");
        Api.refused(fleet.enrol(token, "a\u0007b"), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("name");
        fleet.enrol(token, "the token is still good").expectStatus().isCreated();
    }

    @Test
    void showsASecretOnceAndStoresNone() {
        Map<String, Object> created = fleet.create(Map.of("uses", 1, "description", "shown once"));
        String token = text(created, "token");
        Api.Enrolled device = api.enrol();
        for (String path : List.of(TOKENS, "/api/v1/clients", "/api/v1/clients/" + device.client())) {
            String body = api.operator()
                    .get()
                    .uri(path)
                    .exchange()
                    .expectBody(String.class)
                    .returnResult()
                    .getResponseBody();
            assertThat(body)
                    .isNotEmpty()
                    .doesNotContain(token)
                    .doesNotContain(device.secret())
                    .doesNotContainIgnoringCase("hash");
        }
        assertThat(stored("SELECT hash FROM enrolment_token WHERE id = ?", text(created, "id")))
                .isEqualTo(Credential.hash(token));
        assertThat(stored("SELECT secret_hash FROM client WHERE id = ?", device.client()))
                .isEqualTo(Credential.hash(device.secret()));
    }

    private String stored(String sql, String id) {
        return jdbc.sql(sql).param(id).query(String.class).single();
    }
}
