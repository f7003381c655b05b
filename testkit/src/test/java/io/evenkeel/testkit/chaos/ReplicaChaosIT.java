package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.PostgresSchema;
import io.evenkeel.testkit.chaos.deployment.RestartedPostgres;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills three coordinators in separate JVMs on one PostgreSQL in turn, starting with the lease's holder, and
 * also the database. Reads {@code evenkeel.test.kills} (8) and {@code evenkeel.test.lease} (1s), and prints
 * the time of each fail-over.
 */
@Tag("full")
class ReplicaChaosIT {

    private static final int KILLS = Integer.getInteger("evenkeel.test.kills", 8);
    private static final String LEASE = System.getProperty("evenkeel.test.lease", "1s");
    private static final int MIN_ROUNDS = 20;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void threeReplicasLoseNothingWhenJvmsAndDatabaseAreKilled() throws Exception {
        ChaosSettings settings = new ChaosSettings(
                Preset.EF21_SGDM_NORM,
                "top-k:0.02+natural",
                null,
                KILLS,
                2,
                3,
                Math.max(MIN_ROUNDS, KILLS),
                400,
                3,
                0.05,
                4,
                false);
        ChaosOutcome outcome;
        try (RestartedPostgres database = new RestartedPostgres(folder.resolve("postgres"))) {
            ChaosDeployment deployment = new ChaosDeployment(
                    PostgresSchema.create(database.url()),
                    3,
                    List.of("--evenkeel.lease.duration=" + LEASE),
                    database::restart);
            outcome = new Chaos(settings, folder.resolve("chaos"), deployment, accepted -> {}).run();
        }
        ChaosReport.lines(outcome).forEach(System.out::println);
        System.out.println("lease " + LEASE + ", fail-overs: "
                + outcome.recoveries().stream().map(Duration::toMillis).toList() + " ms");

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().identical()).isTrue();
        assertThat(outcome.recoveries()).isNotEmpty();
        assertThat(outcome.processKills()).containsKey(KillKind.DATABASE);
    }
}
