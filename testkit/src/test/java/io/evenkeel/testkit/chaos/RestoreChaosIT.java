package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.PostgresSchema;
import io.evenkeel.testkit.chaos.deployment.RestartedPostgres;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Short runs of {@code evenkeel chaos --restores}: coordinators in separate JVMs whose rows, objects or both are
 * restored from a backup.
 */
@Tag("full")
class RestoreChaosIT {

    private static final List<String> ALL_VALUES_ARE_OBJECTS =
            List.of("--evenkeel.storage.kind=folder", "--evenkeel.storage.inline=64B");

    @TempDir
    private Path folder = Path.of("");

    private static ChaosSettings settings(@Nullable String downlink, int kills, int rounds) {
        return new ChaosSettings(Preset.EF21_SGDM_NORM, downlink, null, kills, 1, 3, rounds, 400, 3, 0.05, 0, false);
    }

    @Test
    void onlyChangesAfterTheBackupAreLostOnH2() throws Exception {
        ChaosDeployment deployment =
                new ChaosDeployment(ChaosDeployment.onH2(folder).database(), 1, ALL_VALUES_ARE_OBJECTS, null);

        loseOnlyWhatFollowedTheBackUp(settings(null, 8, 20), deployment.restored(3));
    }

    @Test
    void onlyChangesAfterTheBackupAreLostOnPostgres() throws Exception {
        try (RestartedPostgres database = new RestartedPostgres(folder.resolve("postgres"))) {
            ChaosDeployment deployment = new ChaosDeployment(
                    PostgresSchema.create(database.url()),
                    2,
                    List.of(
                            "--evenkeel.lease.duration=1s",
                            "--evenkeel.storage.kind=folder",
                            "--evenkeel.storage.inline=64B"),
                    null);

            loseOnlyWhatFollowedTheBackUp(
                    settings("top-k:0.02+natural", 12, 40),
                    deployment.objectsIn(folder.resolve("objects")).restored(4));
        }
    }

    private void loseOnlyWhatFollowedTheBackUp(ChaosSettings settings, ChaosDeployment deployment) throws Exception {
        ChaosOutcome outcome = new Chaos(settings, folder.resolve("chaos"), deployment, accepted -> {}).run();
        ChaosReport.lines(outcome).forEach(System.out::println);

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().identical()).isTrue();
        assertThat(outcome.processKills())
                .containsKeys(KillKind.RESTORED, KillKind.RESTORED_ROWS, KillKind.OLDER_OBJECTS);
        assertThat(outcome.lost()).isPositive();
        assertThat(outcome.changes()).containsOnlyKeys(Change.Kind.FOLLOW);
    }
}
