package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class EnrolmentTest {

    private static final String TOKENS = "/api/v1/enrolment-tokens";
    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};
    private static final ParameterizedTypeReference<List<Map<String, Object>>> LIST =
            new ParameterizedTypeReference<>() {};

    private final Api api;
    private final TurnedClock clock;
    private final JdbcClient jdbc;

    EnrolmentTest(@Autowired Api api, @Autowired TurnedClock clock, @Autowired JdbcClient jdbc) {
        this.api = api;
        this.clock = clock;
        this.jdbc = jdbc;
    }

    @Test
    void givesADeviceAnIdAndASecretOfItsOwn() {
        Map<String, Object> answer = object(enrol(api.enrolmentToken(1), "meter-17"));
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
    void enrolsAsManyAsTheTokenIsFor() {
        String token = api.enrolmentToken(2);
        enrol(token, "a").expectStatus().isCreated();
        enrol(token, "b").expectStatus().isCreated();
        Api.refused(enrol(token, "c"), ProblemKind.ENROLMENT_TOKEN_USED_UP);
    }

    @Test
    void enrolsNoMoreThanTheTokenIsForWhenAllComeAtOnce() throws Exception {
        String token = api.enrolmentToken(5);
        ExecutorService devices = Executors.newFixedThreadPool(16);
        try {
            List<Future<Integer>> answers = devices.invokeAll(IntStream.range(0, 40)
                    .<Callable<Integer>>mapToObj(i -> () -> status(enrol(token, "device " + i)))
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
        Api.refused(enrol(token, "late"), ProblemKind.ENROLMENT_TOKEN_USED_UP);
    }

    @Test
    void takesOneUseForAnEnrolmentThatIsSentAgain() {
        String token = api.enrolmentToken(1);
        Map<String, Object> lost = object(enrolAs("key-of-one-device", token));
        Map<String, Object> again = object(enrolAs("key-of-one-device", token));
        assertThat(again).containsEntry("client", lost.get("client"));
        assertThat(again.get("secret")).isNotEqualTo(lost.get("secret"));
        Api.refused(enrolAs("key-of-another-one", token), ProblemKind.ENROLMENT_TOKEN_USED_UP);
        Api.refused(task(text(lost, "secret")), ProblemKind.UNAUTHENTICATED);
        Api.refused(task(text(again, "secret")), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void givesNoSecretTwiceOnceItWasUsed() {
        String token = api.enrolmentToken(2);
        Map<String, Object> enrolled = object(enrolAs("key-that-was-seen", token));
        Api.refused(task(text(enrolled, "secret")), ProblemKind.RUN_NOT_FOUND);
        Api.refused(enrolAs("key-that-was-seen", token), ProblemKind.CONFLICT)
                .jsonPath("$.client")
                .isEqualTo(text(enrolled, "client"));
        Api.refused(task(text(enrolled, "secret")), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void makesOneClientOfAKeyThatComesManyTimesAtOnce() throws Exception {
        String token = api.enrolmentToken(20);
        ExecutorService devices = Executors.newFixedThreadPool(8);
        try {
            List<Future<String>> answers = devices.invokeAll(IntStream.range(0, 16)
                    .<Callable<String>>mapToObj(
                            i -> () -> text(object(enrolAs("key-that-comes-often", token)), "client"))
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
        Api.refused(enrolAs("1", api.enrolmentToken(1)), ProblemKind.MALFORMED);
    }

    @Test
    void keepsADeviceToTheRunItsTokenIsFor() {
        String token = text(create(Map.of("uses", 1, "run", "its-run")), "token");
        String secret = text(object(enrol(token, "bound")), "secret");
        Api.refused(task(secret), ProblemKind.FORBIDDEN);
        Api.refused(api.as(secret).get().uri("/api/v1/runs/any/rounds/0/model").exchange(), ProblemKind.FORBIDDEN);
        Api.refused(api.as(secret).put().uri("/api/v1/runs/any/members/me").exchange(), ProblemKind.FORBIDDEN);
        Api.refused(
                api.as(secret).get().uri("/api/v1/runs/any%2f..%2fits-run/task").exchange(), ProblemKind.MALFORMED);
        Api.refused(api.as(secret).get().uri("/api/v1/runs/its-run/task").exchange(), ProblemKind.RUN_NOT_FOUND);
    }

    @Test
    void enrolsUntilTheTokenExpires() {
        Map<String, Object> created = create(Map.of("uses", 5, "expiresIn", "1h"));
        String token = text(created, "token");
        clock.advance(Duration.ofMinutes(59));
        enrol(token, "in time").expectStatus().isCreated();
        clock.advance(Duration.ofMinutes(1));
        Api.refused(enrol(token, "late"), ProblemKind.ENROLMENT_TOKEN_EXPIRED);
    }

    @Test
    void enrolsNobodyWithARevokedOrUnknownToken() {
        Map<String, Object> created = create(Map.of("uses", 5));
        String token = text(created, "token");
        for (int i = 0; i < 2; i++) {
            api.operator()
                    .delete()
                    .uri(TOKENS + "/" + created.get("id"))
                    .exchange()
                    .expectStatus()
                    .isNoContent();
        }
        Api.refused(enrol(token, "a"), ProblemKind.ENROLMENT_TOKEN_UNKNOWN);
        Api.refused(enrol("evk_enrol_made-up", "a"), ProblemKind.ENROLMENT_TOKEN_UNKNOWN);
        Api.refused(enrol(" ", "a"), ProblemKind.INVALID);
    }

    @Test
    void refusesANameThatIsLongOrHasControlCharacters() {
        String token = api.enrolmentToken(1);
        Api.refused(enrol(token, "x".repeat(101)), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("name");
        Api.refused(enrol(token, "a\u0007b"), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("name");
        enrol(token, "the token is still good").expectStatus().isCreated();
    }

    @Test
    void knowsNoOtherTokensAndClients() {
        Api.refused(api.operator().delete().uri(TOKENS + "/nothing").exchange(), ProblemKind.ENROLMENT_TOKEN_NOT_FOUND);
        Api.refused(api.operator().get().uri("/api/v1/clients/nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
        Api.refused(api.operator().delete().uri("/api/v1/clients/nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
        Api.refused(api.operator().get().uri("/api/v1/clients?after=nothing").exchange(), ProblemKind.CLIENT_NOT_FOUND);
    }

    @Test
    void showsASecretOnceAndStoresNone() {
        Map<String, Object> created = create(Map.of("uses", 1, "description", "shown once"));
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

    @Test
    void listsClientsPageByPage() {
        List<String> enrolled =
                IntStream.range(0, 3).mapToObj(i -> api.enrol().client()).toList();
        List<Object> listed = new ArrayList<>();
        String path = "/api/v1/clients?limit=2";
        List<Map<String, Object>> page = list(path);
        while (!page.isEmpty()) {
            page.forEach(client -> listed.add(client.get("client")));
            page = list(path + "&after=" + listed.get(listed.size() - 1));
        }
        assertThat(listed).containsAll(enrolled).doesNotHaveDuplicates();
    }

    @Test
    void notesWhenADeviceWasSeen() {
        Api.Enrolled device = api.enrol();
        String path = "/api/v1/clients/" + device.client();
        assertThat(object(api.operator().get().uri(path).exchange())).containsEntry("lastSeenAt", null);
        api.as(device.secret()).get().uri("/api/v1/runs/any/task").exchange();
        assertThat(object(api.operator().get().uri(path).exchange()).get("lastSeenAt"))
                .isEqualTo(clock.instant().toString());
    }

    private Map<String, Object> create(Map<String, Object> request) {
        return object(api.operator()
                .post()
                .uri(TOKENS)
                .contentType(MediaType.APPLICATION_JSON)
                .body(request)
                .exchange());
    }

    private RestTestClient.ResponseSpec enrol(String token, String name) {
        return api.anonymous()
                .post()
                .uri("/api/v1/enrolments")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("token", token, "name", name))
                .exchange();
    }

    private RestTestClient.ResponseSpec enrolAs(String key, String token) {
        return api.anonymous()
                .post()
                .uri("/api/v1/enrolments")
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("token", token))
                .exchange();
    }

    private RestTestClient.ResponseSpec task(String secret) {
        return api.as(secret).get().uri("/api/v1/runs/any/task").exchange();
    }

    private List<Map<String, Object>> list(String path) {
        List<Map<String, Object>> body = api.operator()
                .get()
                .uri(path)
                .exchange()
                .expectBody(LIST)
                .returnResult()
                .getResponseBody();
        return Objects.requireNonNull(body);
    }

    private static String text(Map<String, Object> object, String field) {
        return String.valueOf(object.get(field));
    }

    private static int status(RestTestClient.ResponseSpec answer) {
        return answer.returnResult(byte[].class).getStatus().value();
    }

    private static Map<String, Object> object(RestTestClient.ResponseSpec answer) {
        Map<String, Object> body = answer.expectStatus()
                .is2xxSuccessful()
                .expectBody(OBJECT)
                .returnResult()
                .getResponseBody();
        return Objects.requireNonNull(body);
    }
}
