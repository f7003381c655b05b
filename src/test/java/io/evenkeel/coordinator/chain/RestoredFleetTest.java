package io.evenkeel.coordinator.chain;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests fleets of real devices with a coordinator whose database is restored from backups of various ages. Each device
 * trains only on the coordinator's models, the audit agrees, and losses are counted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnlyInCi
class RestoredFleetTest {

    private static final String LOSSY = ",\"downlink\":{\"compressor\":\"top-k:1+natural\"}";

    private RestartableCoordinator coordinator;

    @TempDir
    Path folder;

    @BeforeAll
    void start(@TempDir Path database) {
        coordinator = start(database, "--evenkeel.rounds.checkpoint-every=3");
    }

    RestartableCoordinator start(Path database, String... settings) {
        return new RestartableCoordinator(database, settings);
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private TestFleet fleet(String algorithm, String more) {
        return new TestFleet(coordinator, folder, algorithm, "\"participants\":{\"min\":2}", more);
    }

    /** Returns a fleet whose rounds close even if a device is absent. */
    private TestFleet impatientFleet(String more) {
        return new TestFleet(
                coordinator, folder, "ef21-norm", "\"participants\":{\"min\":1},\"time\":{\"max\":\"PT2S\"}", more);
    }

    @Test
    void trainsOnTheCoordinatorsModelsAfterTheDatabaseWasRestored() throws InterruptedException {
        List<TestFleet> fleets = List.of(
                fleet("ef21-norm", "").savedAt(2).lostAt(5),
                fleet("ef21-norm", LOSSY).savedAt(2).lostAt(5).failsOnDivergence(),
                fleet("ef21-igt-norm", "").savedAt(3).lostAt(4).failsOnDivergence(),
                fleet("ef14", "").savedAt(1).lostAt(4),
                fleet("ef21-norm", "").savedAt(2).lostAt(5).failsOnDivergence().restarts(),
                fleet("ef21-sgdm-norm", LOSSY).savedAt(1).lostAt(3).restarts(),
                fleet("ef21-norm", "").savedAt(0).lostAt(3),
                fleet("ef21-norm", "").savedAt(3).lostAt(3),
                fleet("ef21-norm", "").savedAt(2).withAMessageOfTheOpenRound().lostAt(4),
                fleet("ef21-norm", "").savedAt(2).losesAMessageOfTheOpenRound().failsOnDivergence(),
                fleet("ef21-norm", LOSSY).savedAt(2).lostAt(4).recovers(),
                fleet("ef21-storm-norm", "").savedAt(2).lostAt(4).recovers().restarts(),
                fleet("ef21-storm-norm", "").savedAt(1).lostAt(3),
                fleet("ef21-norm", "").savedAt(1).lostAt(4).withALateDevice(),
                impatientFleet(LOSSY).savedAt(1).lostAt(3).passesOneDevice());
        try {
            fleets.forEach(TestFleet::trainUntilSaved);
            String backup = coordinator.backUp();
            fleets.forEach(TestFleet::trainUntilLost);
            coordinator.restore(backup);
            fleets.forEach(TestFleet::goOn);
            for (TestFleet fleet : fleets) {
                eventually().until(() -> fleet.state().equals("finished"));
                fleet.join();
                assertThat(fleet.failures()).as(fleet.toString()).isEmpty();
                fleet.requireTheCoordinatorsModels();
                // With EF14 there is no persistent sum to audit.
                assertThat(fleet.audit().status()).as(fleet.toString()).isEqualTo(fleet.hasSum() ? 200 : 409);
                assertThat(fleet.shownAsLost()).as(fleet.toString()).isEqualTo(fleet.lost());
            }
        } finally {
            fleets.forEach(TestFleet::stop);
        }
    }
}
