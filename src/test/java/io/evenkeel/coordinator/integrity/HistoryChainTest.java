package io.evenkeel.coordinator.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.chain.ChainLink;
import io.evenkeel.engine.problem.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A change in the database stops only the affected run. */
@CoordinatorTest
class HistoryChainTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};
    private static final int ROUNDS = 3;

    /** Events of earlier versions have no head of the chain. */
    private static final String NO_HEADS =
            "UPDATE run_event SET detail = NULL WHERE run_id = $run AND type = 'ROUND_CLOSED'";

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private PlanCache plans;

    @Autowired
    private HistoryChecks checks;

    @Autowired
    private ChainTable chains;

    @Autowired
    private ChainScheduler background;

    @Autowired
    private RunTable rows;

    @Autowired
    private Leases leases;

    @Autowired
    private RoundScheduler heartbeat;

    /** Returns a run with three closed rounds, the last of which followed a change. */
    private Scene scene() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"gamma\":0.1")
                .members(2)
                .start();
        scene.closeRound(0, GRADIENT);
        assertThat(scene.change("{\"rounds\":30}").status()).isEqualTo(200);
        scene.closeRound(1, GRADIENT);
        scene.closeRound(2, GRADIENT);
        return scene;
    }

    private long id(Scene scene) {
        return plans.named(scene.run).run();
    }

    private void tamper(Scene scene, String statement) {
        String id = Long.toString(id(scene));
        assertThat(jdbc.update(statement
                        .replace("$members", "(SELECT id FROM member WHERE run_id = " + id + ")")
                        .replace("$run", id)))
                .isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "round_record | 1 | UPDATE round_record SET gamma = 10 WHERE run_id = $run AND round_number = 1",
                "round_record | 0 | UPDATE round_record SET loss = 0.5 WHERE run_id = $run AND round_number = 0",
                "round_record | 2 | UPDATE round_record SET metrics = '{\"auc\":1.0}' WHERE run_id = $run AND"
                        + " round_number = 2",
                "round_record | 1 | UPDATE round_record SET closed_at = TIMESTAMP WITH TIME ZONE '2020-01-01"
                        + " 00:00:00+00' WHERE run_id = $run AND round_number = 1",
                "round_record | 1 | UPDATE round_record SET participants = 3 WHERE run_id = $run AND round_number = 1",
                "round_record | 2 | UPDATE round_record SET revision = 0 WHERE run_id = $run AND round_number = 2",
                "round_record | 2 | DELETE FROM round_record WHERE run_id = $run AND round_number = 2",
                "run | 0 | UPDATE run SET definition = REPLACE(definition, '0.1', '10') WHERE id = $run",
                "run | 2 | UPDATE run SET round_number = 2 WHERE id = $run",
                "run | 3 | UPDATE run SET round_number = 7 WHERE id = $run",
                "run | 3 | UPDATE run SET open_revision = 0 WHERE id = $run",
                "run_revision | 1 | UPDATE run_revision SET changes = REPLACE(changes, '30', '300') WHERE run_id ="
                        + " $run",
                "run_revision | 1 | UPDATE run_revision SET changed_by = 'bob' WHERE run_id = $run",
                "run_revision | 1 | UPDATE run_revision SET from_round = 1 WHERE run_id = $run",
                "member_chain | 2 | UPDATE member_chain SET sequence = sequence + 1 WHERE member_id IN $members",
                "member_chain | 2 | UPDATE member_chain SET head = head + 1 WHERE member_id IN $members",
                "member_chain | 2 | UPDATE member_chain SET last_round = 1 WHERE member_id IN $members",
                "message | 1 | UPDATE message SET digest = digest + 1 WHERE run_id = $run AND included_in = 1",
                "message | 2 | DELETE FROM message WHERE run_id = $run AND included_in = 2",
                "round_update | 1 | UPDATE round_update SET digest = digest + 1 WHERE run_id = $run AND round_number ="
                        + " 1",
                "run_chain | 1 | UPDATE run_chain SET content = hash WHERE run_id = $run AND number = 1 AND covers ="
                        + " 'ROUND'",
                "round_record | 2 | DELETE FROM run_chain WHERE run_id = $run AND number = 2 AND covers = 'ROUND'"
            })
    void namesTheTableAndTheFirstRoundOfAChangedRow(String table, int round, String statement) {
        Scene scene = scene();
        assertThat(checks.check(id(scene)).lastRound()).isEqualTo(ROUNDS - 1);

        tamper(scene, statement);

        assertThatThrownBy(() -> checks.check(id(scene))).isInstanceOfSatisfying(ProblemException.class, told -> {
            assertThat(told.detail())
                    .startsWith("run '" + scene.run + "', round " + round + ": table " + table
                            + " does not match the run's hash chain: ");
            assertThat(told.action()).contains("restore it from a backup");
        });
        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(scene.view().get("message")).contains("table " + table);
    }

    @Test
    void aRunThatDoesNotFitPausesUntilItFitsAgainAndOthersContinue() {
        Scene scene = scene();
        Scene other = scene();
        background.work();
        int before = rows.distrusted();
        tamper(scene, "UPDATE run SET chain_checked_at = NULL WHERE id = $run");
        tamper(scene, "UPDATE round_record SET extended = extended + 1 WHERE run_id = $run AND round_number = 1");

        background.work();
        background.work();

        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(rows.distrusted()).isEqualTo(before + 1);
        assertThat(events(scene)).containsOnlyOnce("run.chain_broken").endsWith("run.chain_broken", "run.paused");
        Reply refused = scene.operator.post("/runs/" + scene.run + "/resume");
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.problem()).isEqualTo("storage-damaged");
        assertThat(refused.get("table")).isEqualTo("round_record");
        assertThat(refused.number("round")).isEqualTo(1);
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").problem())
                .isEqualTo("storage-damaged");
        other.closeRound(ROUNDS, GRADIENT);

        tamper(scene, "UPDATE round_record SET extended = extended - 1 WHERE run_id = $run AND round_number = 1");
        scene.act("resume");
        scene.closeRound(ROUNDS, GRADIENT);
        assertThat(rows.distrusted()).isEqualTo(before);
    }

    @Test
    void aFaultThatTheFullCheckFindsInAnOldRoundSurvivesAResume() {
        Scene scene = scene();
        for (int round = ROUNDS; round < 24; round++) {
            scene.closeRound(round, GRADIENT);
        }
        // Background compaction would also compare the digest, and fail the run.
        tamper(scene, "UPDATE message SET bytes = bytes + 1 WHERE run_id = $run AND included_in = 1");
        scene.act("pause").act("resume");

        assertThatThrownBy(() -> checks.check(id(scene))).hasMessageContaining("round 1: table message");

        assertThat(scene.operator.post("/runs/" + scene.run + "/resume").problem())
                .isEqualTo("storage-damaged");
        tamper(scene, "UPDATE message SET bytes = bytes - 1 WHERE run_id = $run AND included_in = 1");
        scene.act("resume");
    }

    private List<String> events(Scene scene) {
        return jdbc
                .queryForList("SELECT type FROM run_event WHERE run_id = ? ORDER BY sequence", String.class, id(scene))
                .stream()
                .map(type -> type.toLowerCase(Locale.ROOT).replaceFirst("_", "."))
                .toList();
    }

    @Test
    void aRunIsCheckedBeforeItContinuesUnderANewLease() {
        Scene scene = scene();
        leases.drop(id(scene));
        tamper(scene, "UPDATE run SET round_number = 5, lease_holder = NULL WHERE id = $run");
        tamper(scene, "UPDATE round_record SET round_number = 4 WHERE run_id = $run AND round_number = 2");
        tamper(scene, "UPDATE run SET closing = TRUE WHERE id = $run");

        heartbeat.tick();

        assertThat(scene.view().get("state")).isEqualTo("paused");
        assertThat(scene.view().get("message")).contains("round 2: table round_record");
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(5);
    }

    @Test
    void theChainOfARunOfAnEarlierVersionBeginsWithTheNextRound() {
        Scene scene = scene();
        tamper(scene, "DELETE FROM run_chain WHERE run_id = $run");
        tamper(scene, NO_HEADS);
        assertThat(checks.check(id(scene))).isEqualTo(ChainReport.NONE);

        scene.closeRound(ROUNDS, GRADIENT);

        ChainReport report = checks.check(id(scene));
        assertThat(report.firstRound()).isEqualTo(ROUNDS);
        assertThat(report.links()).isEqualTo(3);
        tamper(scene, "UPDATE member_chain SET sequence = sequence + 1 WHERE member_id IN $members");
        assertThatThrownBy(() -> checks.check(id(scene))).hasMessageContaining("table member_chain");
    }

    @Test
    void aChainThatWasDeletedStopsTheRun() {
        Scene deleted = scene();
        tamper(deleted, "DELETE FROM run_chain WHERE run_id = $run");
        tamper(deleted, "UPDATE round_record SET gamma = 10 WHERE run_id = $run AND round_number = 1");
        Scene begunAnew = scene();
        tamper(begunAnew, "DELETE FROM run_chain WHERE run_id = $run");
        begunAnew.closeRound(ROUNDS, GRADIENT);

        for (Scene scene : List.of(deleted, begunAnew)) {
            assertThatThrownBy(() -> checks.require(id(scene)))
                    .hasMessageContaining("round 0: table run_chain does not match")
                    .hasMessageContaining("the links of the first rounds are missing");
            assertThat(scene.view().get("state")).isEqualTo("paused");
            assertThat(scene.operator.post("/runs/" + scene.run + "/audit").problem())
                    .isEqualTo("storage-damaged");
        }
    }

    @Test
    void anAuditFindsTheHeadOfAChangeOfTheDefinition() {
        Scene scene = scene();
        List<ChainLink> links = chains.list(id(scene), 0, 10);

        for (ChainLink link : links) {
            Reply audit = scene.operator.post("/runs/" + scene.run + "/audit?head=" + link.hash());
            assertThat(audit.status()).isEqualTo(200);
            Map<?, ?> chain = (Map<?, ?>) Objects.requireNonNull(audit.json().get("chain"));
            boolean isRound = link.covers() == ChainLink.Covers.ROUND;
            assertThat(chain.get("keptRound")).isEqualTo(isRound ? link.number() : null);
            assertThat(chain.get("keptRevision")).isEqualTo(isRound ? null : link.number());
        }
    }

    @Test
    void anAuditReportsTheHeadAndFindsAKeptOne() {
        Scene scene = scene();
        String kept = chains.list(id(scene), 0, 10).get(1).hash();
        List<Map<String, Object>> events = jdbc.queryForList(
                "SELECT detail FROM run_event WHERE run_id = ? AND type = 'ROUND_CLOSED' ORDER BY sequence", id(scene));
        scene.closeRound(ROUNDS, GRADIENT);

        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit?head=" + kept);

        assertThat(audit.status()).isEqualTo(200);
        Map<?, ?> chain = (Map<?, ?>) Objects.requireNonNull(audit.json().get("chain"));
        assertThat(chain.get("lastRound")).isEqualTo(ROUNDS);
        assertThat(chain.get("keptRound")).isEqualTo(0);
        assertThat(events.get(0)).containsValue("chain " + kept);

        // An attacker with write access to the database can rewrite the whole chain; only a saved head reveals this.
        tamper(scene, "DELETE FROM run_chain WHERE run_id = $run");
        tamper(scene, NO_HEADS);
        scene.closeRound(ROUNDS + 1, GRADIENT);
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").status())
                .isEqualTo(200);
        Reply rewritten = scene.operator.post("/runs/" + scene.run + "/audit?head=" + kept);
        assertThat(rewritten.problem()).isEqualTo("storage-damaged");
        assertThat(rewritten.get("detail")).contains("no link with head");
    }
}
