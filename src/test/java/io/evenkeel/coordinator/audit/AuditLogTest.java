package io.evenkeel.coordinator.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class AuditLogTest {

    private static final String LOG = "/api/v1/audit-log";
    private static final ParameterizedTypeReference<List<Map<String, Object>>> LIST =
            new ParameterizedTypeReference<>() {};

    @Autowired
    private Api api;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private JdbcClient jdbc;

    @Test
    void recordsActorActionRunAndStatus() {
        String run = create("audited");
        post(api.operator(), "/api/v1/runs/" + run + "/cancel");
        post(api.operator(), "/api/v1/runs/" + run + "/start");
        assertThat(log("run=" + run))
                .extracting(
                        entry -> entry.get("method") + " " + entry.get("path"),
                        entry -> entry.get("actor"),
                        entry -> entry.get("role"),
                        entry -> entry.get("status"))
                .containsExactly(
                        tuple("POST /api/v1/runs/audited/start", "operator-token", "operator", 409),
                        tuple("POST /api/v1/runs/audited/cancel", "operator-token", "operator", 200),
                        tuple("POST /api/v1/runs", "operator-token", "operator", 201));
        Map<String, Object> newest = log("run=" + run).get(0);
        assertThat(newest).containsEntry("at", clock.instant().toString());
        assertThat(String.valueOf(newest.get("address"))).matches("127.0.0.1|0:0:0:0:0:0:0:1");
    }

    @Test
    void findsActionsOnADevice() {
        String client = api.enrol().client();
        api.enrol();
        api.operator().delete().uri("/api/v1/clients/" + client).exchange();
        assertThat(log("client=" + client))
                .extracting(entry -> entry.get("method") + " " + entry.get("path"))
                .containsExactly("DELETE /api/v1/clients/" + client);
    }

    @Test
    void filtersByWhoWhatAndTime() {
        String run = create("filtered");
        post(api.operator(), "/api/v1/runs/" + run + "/cancel");
        post(api.viewer(), "/api/v1/runs/" + run + "/start");
        String of = "run=" + run + "&";
        assertThat(log(of + "actor=viewer-tok"))
                .extracting(entry -> entry.get("role"))
                .containsExactly("viewer");
        assertThat(log(of + "actor=nobody")).isEmpty();
        assertThat(log(of + "path=/cancel"))
                .extracting(entry -> entry.get("status"))
                .containsExactly(200);
        assertThat(log(of + "path=%25")).as("no wildcard").isEmpty();
        assertThat(log(of + "method=POST&path=/runs")).hasSize(3);
        assertThat(log(of + "method=DELETE")).isEmpty();
        String now = clock.instant().plusSeconds(1).toString();
        assertThat(log(of + "until=" + now)).hasSize(3);
        assertThat(log(of + "since=" + now)).isEmpty();
        api.operator().get().uri(LOG + "?method=LOOK").exchange().expectStatus().isBadRequest();
        api.operator()
                .get()
                .uri(LOG + "?since=yesterday")
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    @Test
    void recordsRefusedAttemptsOfViewers() {
        String run = create("not-yours");
        Api.refused(post(api.viewer(), "/api/v1/runs/" + run + "/cancel"), ProblemKind.FORBIDDEN);
        assertThat(log("run=" + run).get(0))
                .containsEntry("actor", "viewer-token")
                .containsEntry("role", "viewer")
                .containsEntry("status", 403);
    }

    @Test
    void recordsTheNamesOfAccessTokens() {
        Map<?, ?> made = Objects.requireNonNull(api.operator()
                .post()
                .uri("/api/v1/access-tokens")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("name", "grace", "role", "operator"))
                .exchange()
                .expectBody(Map.class)
                .returnResult()
                .getResponseBody());
        api.as(String.valueOf(made.get("token")))
                .delete()
                .uri("/api/v1/clients/nobody")
                .exchange()
                .expectStatus()
                .isNotFound();
        assertThat(log("limit=1").get(0))
                .containsEntry("actor", "grace (" + made.get("id") + ")")
                .containsEntry("status", 404);
    }

    @Test
    void recordsNoSecretEvenIfItIsInThePath() {
        String secret = api.enrol().secret();
        api.operator().delete().uri("/api/v1/clients/" + secret).exchange();
        assertThat(jdbc.sql("SELECT * FROM audit_entry").query().listOfRows().toString())
                .doesNotContain(secret, CoordinatorTest.OPERATOR_TOKEN);
        assertThat(log("limit=1").get(0)).containsEntry("path", "/api/v1/clients/evk_…");
    }

    @Test
    void recordsNoReadsAndNoRequestsOfDevicesOrStrangers() {
        String device = api.enrol().secret();
        post(api.operator(), "/api/v1/runs/x/start");
        Object newest = log("limit=1").get(0).get("id");
        api.operator().get().uri("/api/v1/runs").exchange();
        post(api.as(device), "/api/v1/runs/x/start");
        post(api.anonymous(), "/api/v1/runs/x/start");
        assertThat(log("limit=1").get(0)).containsEntry("id", newest);
    }

    @Test
    void isReadPageByPage() {
        for (int i = 0; i < 5; i++) {
            post(api.operator(), "/api/v1/runs/paged/pause?attempt=" + i);
        }
        List<Object> ids = new ArrayList<>();
        List<Map<String, Object>> page = log("run=paged&limit=2");
        while (!page.isEmpty()) {
            page.forEach(entry -> ids.add(entry.get("id")));
            page = log("run=paged&limit=2&before=" + ids.get(ids.size() - 1));
        }
        assertThat(ids).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void deletesEntriesOlderThanTheRetention() {
        post(api.operator(), "/api/v1/runs/long-ago/pause");
        post(api.operator(), "/api/v1/runs/later/pause");
        jdbc.sql("UPDATE audit_entry SET requested_at = ? WHERE run = 'long-ago'")
                .param(clock.instant().minus(Duration.ofDays(400)).atOffset(ZoneOffset.UTC))
                .update();
        assertThat(log("run=long-ago")).hasSize(1);
        clock.advance(Duration.ofMinutes(61));
        post(api.operator(), "/api/v1/runs/later/pause");
        assertThat(log("run=long-ago")).isEmpty();
        assertThat(log("run=later")).hasSize(1);
    }

    @Test
    void countsRepeatedRefusalsInOneEntry() {
        post(api.viewer(), "/api/v1/runs/wanted/pause");
        post(api.operator(), "/api/v1/runs/wanted/pause");
        String first = clock.instant().toString();
        clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 3; i++) {
            post(api.viewer(), "/api/v1/runs/wanted/pause");
        }
        assertThat(log("run=wanted"))
                .extracting(entry -> entry.get("actor"), entry -> entry.get("status"), entry -> entry.get("count"))
                .containsExactly(tuple("viewer-token", 403, 4), tuple("operator-token", 404, 1));
        assertThat(log("run=wanted").get(0))
                .containsEntry("firstAt", first)
                .containsEntry("at", clock.instant().toString());
        assertThat(log("run=wanted").get(1)).containsEntry("firstAt", null);
    }

    @Test
    void hasAnEntryForEachRequestThatIsExecuted() {
        String first = api.enrolmentToken(1);
        String second = api.enrolmentToken(1);
        assertThat(first).isNotEqualTo(second);
        assertThat(log("limit=2"))
                .allSatisfy(entry -> assertThat(entry)
                        .containsEntry("path", "/api/v1/enrolment-tokens")
                        .containsEntry("status", 201)
                        .containsEntry("count", 1));
    }

    @Test
    void keepsEntriesWhenTheClockJumpsAhead() {
        post(api.operator(), "/api/v1/runs/before-the-jump/pause");
        clock.jump(Duration.ofDays(405));
        try {
            post(api.operator(), "/api/v1/runs/after-the-jump/pause");
            assertThat(log("run=before-the-jump")).hasSize(1);
        } finally {
            clock.jump(Duration.ofDays(-405));
        }
    }

    @Test
    void recordsExportsAndDownloadsOfModels() {
        String run = create("taken-out");
        for (String path : List.of("/rounds/0/model", "/export")) {
            var unused = api.operator()
                    .get()
                    .uri("/api/v1/runs/" + run + path)
                    .exchange()
                    .expectBody()
                    .returnResult();
        }
        var unused = api.viewer()
                .head()
                .uri("/api/v1/models/taken-out/versions/1")
                .exchange()
                .expectBody()
                .returnResult();
        assertThat(log("limit=3"))
                .extracting(entry -> entry.get("method") + " " + entry.get("path"), entry -> entry.get("status"))
                .containsExactly(
                        tuple("HEAD /api/v1/models/taken-out/versions/1", 404),
                        tuple("GET /api/v1/runs/taken-out/export", 200),
                        tuple("GET /api/v1/runs/taken-out/rounds/0/model", 404));
    }

    private String create(String name) {
        api.operator()
                .post()
                .uri("/api/v1/runs")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("name", name, "dimension", 3, "algorithm", "ef21-norm", "rounds", 2))
                .exchange()
                .expectStatus()
                .isCreated();
        return name;
    }

    private List<Map<String, Object>> log(String query) {
        return Objects.requireNonNull(api.viewer()
                .get()
                .uri(LOG + "?" + query)
                .exchange()
                .expectBody(LIST)
                .returnResult()
                .getResponseBody());
    }

    private static RestTestClient.ResponseSpec post(RestTestClient client, String path) {
        return client.post().uri(path).exchange();
    }
}
