package io.evenkeel.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemCommandTest {

    private static final String SYSTEM = """
            {"now": "2026-01-31T11:00:00Z",
             "answeredBy": {"name": "a:1:x", "version": "0.1.0", "java": "21.0.9", "startedAt": "2026-01-31T10:00:00Z",
                            "seenAt": "2026-01-31T11:00:00Z", "alive": true},
             "heap": {"usedBytes": 100000000, "maximumBytes": 500000000, "budget": {}},
             "database": {"product": "PostgreSQL 17.5", "bytes": 2310000, "schemaVersion": "1", "migrations": 1},
             "warnings": ["PostgreSQL's fsync is off: set it"],
             "missingObjects": ["019c-1", "019c-2"],
             "replicas": [
               {"name": "a:1:x", "version": "0.1.0", "java": "21.0.9", "startedAt": "2026-01-31T10:00:00Z",
                "seenAt": "2026-01-31T11:00:00Z", "alive": true},
               {"name": "b:2:y", "version": "0.1.0", "java": "21.0.9", "startedAt": "2026-01-31T10:00:00Z",
                "seenAt": "2026-01-31T10:30:00Z", "alive": false}],
             "leases": [{"run": "digits", "holder": "a:1:x", "until": "2026-01-31T11:00:10Z"}],
             "checks": [{"run": "old", "at": "2026-01-30T11:00:00Z", "outcome": "damaged"}]%s}""";

    private static String system(Path folder, String alerts) {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /system", SYSTEM.formatted(alerts));
            CliHarness cli = CliHarness.at(coordinator, folder);
            assertThat(cli.run("system")).isZero();
            return cli.out();
        }
    }

    @Test
    void showsLiveReplicasAndTheirLeases(@TempDir Path folder) {
        assertThat(system(folder, ""))
                .containsPattern("heap +100 MB used of 500 MB")
                .containsPattern("database +PostgreSQL 17.5")
                .containsPattern("size +2.31 MB")
                .contains("Acknowledged messages can be lost\nPostgreSQL's fsync is off: set it\n")
                .contains("Missing in the object store\n019c-1\n019c-2\n")
                .containsPattern("a:1:x +alive")
                .containsPattern("b:2:y +silent")
                .containsPattern("digits +a:1:x")
                .containsPattern("old +damaged +- +-")
                .doesNotContain("Alerts", "disk");
    }

    @Test
    void showsTheAlertsThatFireOrWhyThereAreNone(@TempDir Path folder) {
        assertThat(system(folder, """
                , "alerts": {"askedAt": "2026-01-31T11:00:00Z", "firing": [
                  {"name": "EvenkeelRunFailed", "severity": "critical", "run": "digits", "since": "2026-01-31T10:59:00Z"}]}""")).containsPattern("EvenkeelRunFailed +digits");
        assertThat(system(folder, ", \"alerts\": {\"firing\": []}")).contains("Firing alerts\nNone.");
        assertThat(system(
                        folder,
                        ", \"alerts\": {\"problem\": \"Prometheus does not report alerts: x\", \"firing\": []}"))
                .contains("Prometheus does not report alerts: x");
    }
}
