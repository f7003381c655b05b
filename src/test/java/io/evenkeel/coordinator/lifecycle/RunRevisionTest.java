package io.evenkeel.coordinator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests the request that changes a definition: its refusals, and the revision that it records. */
@CoordinatorTest
class RunRevisionTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 4, more);
    }

    @Test
    void listsWhoChangedWhatWhenAndWhy() {
        Scene scene = scene("").members(1).start();
        scene.operator.patch("/runs/" + scene.run + "?reason=too%20slow", "{\"time\":{\"max\":\"30s\"}}");
        scene.closeRound(0, GRADIENT);
        scene.change("{\"rounds\":3}");

        List<Map<String, Object>> revisions = scene.revisions();

        assertThat(revisions).hasSize(2);
        assertThat(revisions.get(0))
                .containsEntry("number", 1)
                .containsEntry("fromRound", 1)
                .containsEntry("reason", "too slow")
                .containsEntry(
                        "changedBy",
                        scene.operator
                                .get("/audit-log?run=" + scene.run)
                                .jsonList()
                                .get(0)
                                .get("actor"))
                .containsKey("changedAt");
        assertThat(revisions.get(1)).containsEntry("fromRound", 2).doesNotContainKey("reason");
        assertThat(scene.operator.get("/runs/" + scene.run + "/revisions").text())
                .contains("{\"field\":\"time.max\",\"from\":\"PT1M\",\"to\":\"PT30S\"}");
        assertThat(jdbc.queryForList(
                        "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ?"
                                + " AND e.type = 'RUN_CHANGED' ORDER BY e.sequence",
                        String.class,
                        scene.run))
                .first()
                .asString()
                .startsWith("revision 1 by ")
                .endsWith(": time.max PT1M -> PT30S");
    }

    @Test
    void twoOperatorsDoNotOverwriteOneAnother() {
        Scene scene = scene("").members(1).start();
        assertThat(scene.change("{\"revision\":0,\"rounds\":5}").number("number"))
                .isEqualTo(1);

        Reply second = scene.change("{\"revision\":0,\"rounds\":6}");

        assertThat(second.problem()).isEqualTo("definition-changed");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.number("revision")).isEqualTo(1);
        assertThat(second.get("action")).contains("/runs/" + scene.run + "/revisions", "\"revision\": 1");
        assertThat(scene.view().number("rounds")).isEqualTo(5);
        assertThat(scene.change("{\"revision\":1,\"rounds\":6}").number("number"))
                .isEqualTo(2);
    }

    @Test
    void oneOfTwoConcurrentChangesIsRefused() {
        Scene scene = scene("").members(1).start();
        List<CompletableFuture<Reply>> both = List.of(
                CompletableFuture.supplyAsync(() -> scene.change("{\"revision\":0,\"rounds\":7}")),
                CompletableFuture.supplyAsync(() -> scene.change("{\"revision\":0,\"rounds\":8}")));

        assertThat(both.stream().map(CompletableFuture::join).map(Reply::status))
                .containsExactlyInAnyOrder(200, 409);
        assertThat(scene.revisions()).hasSize(1);
    }

    @Test
    void aChangeWithoutEffectMakesNoRevision() {
        Scene scene = scene("\"gamma\":\"horizon:1:0.5\"").members(1).start();

        Reply same = scene.change("{\"rounds\":4,\"gamma\":\"horizon:1:0.5\",\"time\":{\"max\":\"60s\"}}");

        assertThat(same.number("number")).isZero();
        assertThat(same.json().get("changes")).asString().isEqualTo("[]");
        assertThat(scene.revisions()).isEmpty();
    }

    @Test
    void aDryRunReportsChangesWithoutMakingThem() {
        Scene scene = scene("").members(1).start();
        String before = scene.fingerprint();

        Reply preview = scene.operator.patch("/runs/" + scene.run + "?dryRun=true", "{\"rounds\":50}");

        assertThat(preview.number("number")).isEqualTo(1);
        assertThat(preview.text()).contains("\"from\":4,\"to\":50");
        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(scene.revisions()).isEmpty();
        assertThat(scene.operator
                        .patch("/runs/" + scene.run + "?dryRun=true", "{\"rounds\":0}")
                        .problem())
                .isEqualTo("invalid");
    }

    @Test
    void refusesWrongValuesFixedFieldsAndInvalidPatches() {
        Scene scene = scene("").members(1).start();
        String before = scene.fingerprint();

        assertThat(scene.change("{\"participants\":{\"min\":5,\"max\":3},\"sampling\":2}")
                        .get("errors"))
                .contains("field=participants.max", "field=sampling");
        Reply fixed = scene.change("{\"compressor\":\"top-k:3\",\"rounds\":9}");
        assertThat(fixed.problem()).isEqualTo("fixed-field");
        assertThat(fixed.get("errors")).contains("{field=compressor, message=cannot change: ");
        assertThat(scene.change("{\"revision\":\"0\",\"rounds\":9}").get("field"))
                .isEqualTo("revision");
        assertThat(scene.change("[1]").status()).isEqualTo(400);
        assertThat(scene.operator
                        .patch("/runs/" + scene.run + "?reason=%E2%80%AE", "{\"rounds\":9}")
                        .problem())
                .isEqualTo("malformed");
        assertThat(new Http(api.endpoint(), CoordinatorTest.VIEWER_TOKEN)
                        .patch("/runs/" + scene.run, "{\"rounds\":9}")
                        .status())
                .isEqualTo(403);
        assertThat(scene.fingerprint()).isEqualTo(before);
    }

    /** The run has not started, so that no scheduler closes the round in between. */
    @Test
    void weightsCannotChangeWhileARoundIsBeingClosedButOtherFieldsCan() {
        Scene scene = scene("").members(2);
        jdbc.update("UPDATE run SET closing = TRUE WHERE name = ?", scene.run);

        assertThat(scene.change("{\"weights\":{\"max\":0.5}}").problem()).isEqualTo("busy");
        assertThat(scene.change("{\"weights\":{\"max\":5},\"rounds\":7}").number("number"))
                .isEqualTo(1);
    }
}
