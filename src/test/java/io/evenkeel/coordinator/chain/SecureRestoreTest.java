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
 * Tests fleets of real devices with secure aggregation and a coordinator whose database is restored. No device reveals
 * twice in a round, and the run continues with the first round in which enough devices have not revealed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnlyInCi
class SecureRestoreTest {

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

    private TestFleet fleet(String algorithm, String compressor) {
        return TestFleet.masked(coordinator, folder, algorithm, compressor, "");
    }

    private void finish(TestFleet fleet) throws InterruptedException {
        eventually().until(() -> fleet.state().equals("finished"));
        fleet.join();
        assertThat(fleet.failures()).as(fleet.toString()).isEmpty();
        fleet.requireTheCoordinatorsModels();
        assertThat(fleet.shownAsLost()).as(fleet.toString()).isEqualTo(fleet.lost());
    }

    @Test
    void continuesAfterRoundsInWhichItsDevicesHaveRevealed() throws InterruptedException {
        List<TestFleet> fleets = List.of(
                fleet("ef21-norm", "identity").savedAt(1).lostAt(1),
                fleet("ef21-norm", "identity").savedAt(1).lostAt(2),
                fleet("ef21-norm", "rand-k:3").savedAt(1).lostAt(3).restarts(),
                fleet("ef21-norm", "rand-k:3").savedAt(0).lostAt(3),
                fleet("ef21-norm", "identity").savedAt(1).lostAt(4).withRecoveryKeys(),
                fleet("ef21-sgdm-norm", "rand-k:3")
                        .savedAt(2)
                        .lostAt(4)
                        .withRecoveryKeys()
                        .restarts(),
                fleet("ef21-norm", "identity").savedAt(1).lostAt(3).recovers(),
                fleet("ef21-norm", "identity").savedAt(1).lostAt(4).withALateDevice(),
                fleet("dcgd", "identity").savedAt(1).lostAt(3).failsOnDivergence());
        try {
            fleets.forEach(TestFleet::trainUntilSaved);
            String backup = coordinator.backUp();
            fleets.forEach(TestFleet::trainUntilLost);
            coordinator.restore(backup);
            fleets.forEach(TestFleet::goOn);
            for (TestFleet fleet : fleets) {
                finish(fleet);
                assertThat(fleet.skippedRounds()).as(fleet.toString()).isEqualTo(fleet.lostRounds());
                assertThat(fleet.voidRounds()).as(fleet.toString()).isEqualTo(fleet.lostRounds());
            }
        } finally {
            fleets.forEach(TestFleet::stop);
        }
    }

    /**
     * Backs up and restores each fleet in the middle of a round; a fleet without a lost step is restored in the next
     * round.
     */
    @Test
    void continuesAfterABackupInTheMiddleOfARound() throws InterruptedException {
        List<TestFleet> fleets = List.of(
                savedBefore("keys").lostBefore("outcome"),
                savedBefore("masked").lostBefore("outcome"),
                savedBefore("masked").lostAt(3),
                savedBefore("reveals").lostBefore("outcome"),
                savedBefore("reveals").lostAt(3).restarts(),
                savedBefore("shares").lostBefore("masked"),
                savedBefore("masked").lostBefore("reveals").restarts());
        try {
            fleets.forEach(TestFleet::trainUntilSaved);
            String backup = coordinator.backUp();
            fleets.forEach(TestFleet::trainUntilLost);
            coordinator.restore(backup);
            fleets.forEach(TestFleet::goOn);
            TestFleet.passTheOpenSteps(fleets);
            for (TestFleet fleet : fleets) {
                finish(fleet);
                assertThat(fleet.voidRounds() - fleet.skippedRounds())
                        .as(fleet.toString())
                        .isLessThanOrEqualTo(1);
            }
        } finally {
            fleets.forEach(TestFleet::stop);
        }
    }

    private TestFleet savedBefore(String step) {
        return fleet("ef21-norm", "identity").savedAt(2).savedBefore(step);
    }
}
