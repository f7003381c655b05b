package io.evenkeel.coordinator.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class DeletionByAgeTest {

    private static final Duration LONG_AGO = Duration.ofDays(36_000);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private DeletionByAge byAge;

    @Autowired
    private FailureLog failures;

    private Http operator;

    @BeforeEach
    void operator() {
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-aged", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "");
    }

    /** Returns a time before all records of other tests in the same coordinator. */
    private OffsetDateTime longAgo() {
        return clock.instant().minus(LONG_AGO).minusSeconds(60).atOffset(ZoneOffset.UTC);
    }

    private Reply deleteOld(String kind, boolean dryRun) {
        return operator.postJson(
                "/deletions",
                "{\"kind\":\"" + kind + "\",\"olderThan\":\"" + LONG_AGO.toDays() + "d\",\"dryRun\":" + dryRun + "}");
    }

    private String audit() {
        return operator.get("/audit-log?limit=20").text();
    }

    @Test
    void deletesRunsThatEndedLongAgo() {
        Scene old = scene().members(1).start().act("cancel");
        Scene young = scene().members(1).start().act("cancel");
        assertThat(jdbc.queryForObject("SELECT ended_at FROM run WHERE name = ?", OffsetDateTime.class, old.run))
                .isNotNull();
        jdbc.update("UPDATE run SET ended_at = ? WHERE name = ?", longAgo(), old.run);

        Reply would = deleteOld("runs", true);
        assertThat(would.get("deleted")).as(would.toString()).isEqualTo("[" + old.run + "]");
        assertThat(old.view().status()).isEqualTo(200);

        assertThat(deleteOld("runs", false).get("deleted")).isEqualTo("[" + old.run + "]");
        assertThat(old.view().problem()).isEqualTo("run-not-found");
        assertThat(young.view().status()).isEqualTo(200);
        assertThat(audit()).contains("\"method\":\"DELETE\",\"path\":\"/api/v1/runs/" + old.run + "\"");
    }

    @Test
    void deletesEvaluationsThatEndedLongAgoAndNoneThatIsOpen() {
        Scene scene = scene().members(1).start();
        String name = scene.run + "-check";
        operator.postJson("/evaluations", "{\"name\":\"" + name + "\",\"run\":\"" + scene.run + "\"}");
        Reply refused = operator.delete("/evaluations/" + name);
        assertThat(refused.problem()).isEqualTo("still-valid");
        assertThat(refused.get("action")).contains("cancel");

        assertThat(scene.devices
                        .get(0)
                        .http()
                        .putJson(
                                "/evaluations/" + name + "/results/me",
                                "{\"samples\":3,\"metrics\":{\"accuracy\":0.5}}")
                        .status())
                .isEqualTo(204);
        operator.post("/evaluations/" + name + "/cancel");
        jdbc.update("UPDATE evaluation SET ended_at = ? WHERE name = ?", longAgo(), name);
        assertThat(deleteOld("evaluations", false).get("deleted")).isEqualTo("[" + name + "]");
        assertThat(operator.get("/evaluations/" + name).problem()).isEqualTo("evaluation-not-found");
        scene.act("cancel");
    }

    @Test
    void deletesRevokedDevicesAndKeepsTheIdsOfThoseInARun() {
        Scene scene = scene();
        TestDevice member = scene.member(1);
        TestDevice other = scene.device();
        Reply refused = operator.delete("/clients/" + other.client() + "/record");
        assertThat(refused.problem()).isEqualTo("still-valid");

        for (TestDevice device : scene.devices) {
            operator.delete("/clients/" + device.client());
            jdbc.update("UPDATE client SET revoked_at = ? WHERE id = ?", longAgo(), device.client());
        }
        Reply deleted = deleteOld("devices", false);
        assertThat(deleted.get("deleted")).contains(other.client(), member.client());
        assertThat(operator.get("/clients/" + other.client()).problem()).isEqualTo("client-not-found");
        assertThat(operator.get("/clients/" + member.client()).get("erased")).isEqualTo("true");
        assertThat(other.task(-1).problem()).isEqualTo("unauthenticated");
        assertThat(deleteOld("devices", true).get("deleted")).doesNotContain(member.client());

        operator.delete("/runs/" + scene.run);
        assertThat(operator.delete("/clients/" + member.client() + "/record").status())
                .isIn(204, 404);
    }

    @Test
    void deletesSpentTokensAndKeepsTheirDevices() {
        String client = api.enrol().client();
        String id = jdbc.queryForObject("SELECT enrolled_by FROM client WHERE id = ?", String.class, client);
        Reply unused = operator.postJson("/enrolment-tokens", "{\"uses\":2}");
        assertThat(operator.delete("/enrolment-tokens/" + unused.get("id") + "/record")
                        .problem())
                .isEqualTo("still-valid");
        // The token has been used up since its last device enrolled.
        jdbc.update("UPDATE enrolment_token SET created_at = ? WHERE id = ?", longAgo(), id);
        assertThat(deleteOld("tokens", true).get("deleted")).doesNotContain(String.valueOf(id));
        jdbc.update("UPDATE client SET enrolled_at = ? WHERE enrolled_by = ?", longAgo(), id);

        assertThat(deleteOld("tokens", false).get("deleted")).contains(String.valueOf(id));

        assertThat(operator.get("/enrolment-tokens").text()).doesNotContain("\"" + id + "\"");
        assertThat(operator.get("/clients/" + client).status()).isEqualTo(200);
        assertThat(operator.delete("/enrolment-tokens/" + id + "/record").problem())
                .isEqualTo("enrolment-token-not-found");
    }

    @Test
    void refusesAWrongKindAndAViewer() {
        assertThat(operator.postJson("/deletions", "{\"kind\":\"models\",\"olderThan\":\"1d\"}")
                        .problem())
                .isEqualTo("invalid");
        assertThat(operator.postJson("/deletions", "{\"kind\":\"runs\"}").problem())
                .isEqualTo("invalid");
        Http viewer = new Http(api.endpoint(), CoordinatorTest.VIEWER_TOKEN);
        assertThat(viewer.postJson("/deletions", "{\"kind\":\"runs\",\"olderThan\":\"1d\"}")
                        .problem())
                .isEqualTo("forbidden");
    }

    @Test
    void automaticDeletionFollowsTheSettings() {
        Scene old = scene().members(1).start().act("cancel");
        jdbc.update("UPDATE run SET ended_at = ? WHERE name = ?", longAgo(), old.run);
        Duration never = Duration.ZERO;

        prune(new DeletionSettings(never, LONG_AGO, never, never));
        assertThat(old.view().status()).isEqualTo(200);

        prune(new DeletionSettings(LONG_AGO, never, never, never));
        assertThat(old.view().problem()).isEqualTo("run-not-found");
        assertThat(audit()).contains("evenkeel.retention.delete-after");
    }

    private void prune(DeletionSettings settings) {
        AgePruning pruning = new AgePruning(byAge, settings, failures);
        pruning.start();
        pruning.work();
        pruning.stop();
    }
}
