package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.PostgresSchema;
import io.evenkeel.testkit.chaos.deployment.RestartedPostgres;
import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.testkit.chaos.proxy.StoreTrouble;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chaos with each object store: kills between objects and their rows, and a store that is slow, busy, full and
 * unreachable.
 */
@Tag("full")
class StoreChaosIT {

    @TempDir
    private Path folder = Path.of("");

    private static ChaosSettings settings(int kills, int devices) {
        return new ChaosSettings(
                Preset.EF21_SGDM_NORM, null, null, kills, 3, devices, 20, 400, devices, 0.05, 0, false);
    }

    @Test
    void aFailingStoreStopsNoRunPermanentlyAndLosesNothing() throws Exception {
        try (StoreServer server = StoreServer.start();
                FaultyStore store = FaultyStore.open(server.address())) {
            ChaosOutcome outcome =
                    run(settings(6, 3), ChaosDeployment.onH2(folder).with(store));

            assertThat(outcome.processKills()).containsKey(KillKind.IN_STORE);
            assertThat(outcome.troubles())
                    .containsKeys(StoreTrouble.SLOW, StoreTrouble.BUSY, StoreTrouble.AWAY, StoreTrouble.FULL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"folder", "database"})
    void killsLoseNothingWhenAllValuesAreObjects(String kind) throws Exception {
        List<String> options = List.of("--evenkeel.storage.kind=" + kind, "--evenkeel.storage.inline=64B");
        run(settings(20, 4), new ChaosDeployment(ChaosDeployment.onH2(folder).database(), 1, options, null));
    }

    @Test
    void twoReplicasLoseNothingWhenTheLeasesHolderIsStoppedAndContinued() throws Exception {
        try (StoreServer server = StoreServer.start();
                FaultyStore store = FaultyStore.open(server.address());
                RestartedPostgres database = new RestartedPostgres(folder.resolve("postgres"))) {
            List<String> options = List.of("--evenkeel.lease.duration=1s");
            ChaosDeployment deployment = new ChaosDeployment(
                            PostgresSchema.create(database.url()), 2, options, database::restart)
                    .with(store);
            ChaosOutcome outcome = run(settings(12, 3), deployment);

            assertThat(outcome.processKills()).containsKeys(KillKind.HOLDER_STOPPED, KillKind.IN_STORE);
        }
    }

    private ChaosOutcome run(ChaosSettings settings, ChaosDeployment deployment) throws Exception {
        ChaosOutcome outcome = new Chaos(settings, folder.resolve("chaos"), deployment, accepted -> {}).run();

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().lost()).isZero();
        assertThat(outcome.verdict().duplicated()).isZero();
        assertThat(outcome.verdict().identical()).isTrue();
        return outcome;
    }
}
