package io.evenkeel.cli.rollouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import org.junit.jupiter.api.Test;

class RolloutsCommandTest extends StubFixture {

    private static final String ROLLOUT = """
        {"id": "abc", "model": "digits", "alias": "production", "version": 4, "baseline": 3, "state": "stopped", "group": 1,
         "groups": 2, "message": "metric 'accuracy' is inferior", "createdBy": "ada", "createdAt": "2026-01-31T11:00:00Z",
         "rules": {"selector": "region=eu"},
         "progress": [{"number": 1, "name": "canary", "rule": "share 0.05", "state": "stopped", "devices": 50, "alive": 45, "needed": 23, "asked": 40,
                       "installed": 38, "failed": 1, "metrics": [{"name": "accuracy", "text": "metric 'accuracy' is inferior: -0.04"}]},
                      {"number": 2, "rule": "share 1", "state": "planned", "asked": 0, "installed": 0, "failed": 0, "metrics": []}],
         "events": [{"type": "rollout.started", "at": "2026-01-31T11:00:00Z", "by": "ada"},
                    {"type": "rollout.group_opened", "at": "2026-01-31T11:00:01Z", "group": 1, "detail": "50 devices"},
                    {"type": "rollout.stopped", "at": "2026-01-31T11:30:00Z", "group": 1, "detail": "inferior"}]}\
        """;

    @Test
    void createsWithGroupsOfEachKindAndMetrics() {
        coordinator.on("POST /rollouts", ROLLOUT);

        assertThat(cli.run(
                        "rollouts",
                        "create",
                        "digits",
                        "4",
                        "--group",
                        "100",
                        "--group",
                        "2.5%",
                        "--group",
                        "region in (eu,us),!old",
                        "--metric",
                        "accuracy:0.01",
                        "--metric",
                        "loss:0.1:lower",
                        "--confidence",
                        "0.9",
                        "--reports",
                        "20",
                        "--coverage",
                        "0.25",
                        "--seen-within",
                        "12h",
                        "--group-time",
                        "2h",
                        "--on-timeout",
                        "stop",
                        "--approval"))
                .isZero();

        assertThat(coordinator.requests().get(0).body())
                .isEqualTo(
                        "{\"model\":\"digits\",\"version\":4,\"alias\":\"production\",\"seenWithin\":\"PT12H\",\"groups\":[{\"devices\":100},{\"share\":0.025},{\"selector\":\"region"
                                + " in (eu,us),!old\"}],\"reports\":20,\"coverage\":0.25,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.01,"
                                + "\"confidence\":0.9},{\"name\":\"loss\",\"margin\":0.1,\"better\":\"lower\",\"confidence\":0.9}],"
                                + "\"groupTime\":\"PT2H\",\"onTimeout\":\"stop\",\"approval\":true}");
        assertThat(cli.out()).contains("abc");
    }

    @Test
    void createsDefaultGroups() {
        coordinator.on("POST /rollouts", ROLLOUT);

        assertThat(cli.run("rollouts", "create", "digits", "4")).isZero();

        assertThat(coordinator.requests().get(0).body())
                .contains("\"groups\":[{\"share\":0.05},{\"share\":0.25},{\"share\":1}]");
    }

    @Test
    void saysHowAMetricIsWritten() {
        assertThat(cli.run("rollouts", "create", "digits", "4", "--metric", "accuracy"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("accuracy:0.01");
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void showsGroupsMetricsAndEvents() {
        coordinator.on("GET /rollouts/abc", ROLLOUT);

        assertThat(cli.run("rollouts", "show", "abc")).isZero();

        assertThat(cli.out())
                .contains("digits@production 3 -> 4", "region=eu", "metric 'accuracy' is inferior: -0.04")
                .containsPattern("canary +share 0.05 +stopped +50 +45 +40 +39/23 +38 +1")
                .containsPattern("2 +share 1 +planned +- +- +0 +0 +0 +0")
                .contains("2026-01-31 11:30:00Z stopped 1 (inferior)");
    }

    @Test
    void saysWhatItWaitsForAndWarns() {
        String waiting = ROLLOUT.replace("\"state\": \"stopped\", \"group\"", "\"state\": \"running\", \"group\"")
                .replace("\"progress\":", """
                    "waitsFor": [{"code": "reports", "have": 3, "need": 6, "text": "it has 3 of 6 reports"}],
                    "warnings": [{"code": "worse-so-far", "text": "metric 'accuracy' is worse so far"}],
                    "progress":\
                    """);
        coordinator.on("GET /rollouts/abc", waiting);
        assertThat(cli.run("rollouts", "show", "abc")).isZero();
        assertThat(cli.out())
                .contains("  waits: it has 3 of 6 reports", "  warning: metric 'accuracy' is worse so far");
    }

    @Test
    void listsRollouts() {
        coordinator.on("GET /rollouts?model=digits&state=stopped&limit=20", "[" + ROLLOUT + "]");

        assertThat(cli.run("rollouts", "list", "--model", "digits", "--state", "stopped"))
                .isZero();

        assertThat(cli.out()).containsPattern("abc +digits@production 3 -> 4 +stopped +1/2");
    }

    @Test
    void watchesUntilItIsOver() {
        coordinator.on("GET /rollouts/abc", ROLLOUT);

        assertThat(cli.run("rollouts", "watch", "abc")).isEqualTo(1);

        assertThat(cli.out().lines()).hasSize(3).last().asString().contains("stopped");
        coordinator.on("GET /rollouts/abc", ROLLOUT.replace("\"stopped\", \"group\"", "\"finished\", \"group\""));
        assertThat(cli.run("rollouts", "watch", "abc")).isZero();
    }

    @Test
    void steersWithReasons() {
        for (String verb : new String[] {"approve", "pause", "resume", "skip", "stop"}) {
            coordinator.on("POST /rollouts/abc/" + verb, ROLLOUT);
            assertThat(cli.typing("y\n").onTerminal(80).run("rollouts", verb, "abc"))
                    .isZero();
        }
        assertThat(cli.err()).isEqualTo("Stop roll-out abc at " + coordinator.address() + " for good? [y/N] ");
        assertThat(cli.run("rollouts", "stop", "abc", "--reason", "noisy", "--yes"))
                .isZero();
        assertThat(coordinator.requests().get(5).body()).isEqualTo("{\"reason\":\"noisy\"}");
    }

    @Test
    void doesNotStopWithoutConfirmation() {
        assertThat(cli.run("rollouts", "stop", "abc")).isEqualTo(2);
        assertThat(cli.err()).contains("Its devices return to the previous version: give --yes");
        assertThat(cli.typing("n\n").onTerminal(80).run("rollouts", "stop", "abc"))
                .isEqualTo(1);
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void listsDevicesThatFailed() {
        coordinator.on("GET /rollouts/abc/devices?outcome=failed&limit=101", """
            [{"client": "c1", "group": 1, "outcome": "failed", "reason": "no memory", "askedAt": "2026-01-31T11:00:00Z",
              "reportedAt": "2026-01-31T11:00:00Z"}]\
            """);

        assertThat(cli.run("rollouts", "devices", "abc", "--outcome", "failed")).isZero();

        assertThat(cli.out()).containsPattern("c1 +1 +failed .*no memory");
    }
}
