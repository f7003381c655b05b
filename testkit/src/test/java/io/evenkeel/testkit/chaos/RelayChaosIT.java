package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testkit.chaos.run.Change;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run of {@code evenkeel chaos relays}: an upper coordinator with its own devices and one or two relays, each
 * process in a separate JVM.
 */
@Tag("full")
class RelayChaosIT {

    @TempDir
    Path folder;

    @Test
    void killsOnTwoLevelsLoseAndDoubleNothingAndDoNotChangeTheBits() throws Exception {
        killsLoseAndDoubleNothing(new RelayChaosSettings(1, 8, 1, 3, 10, 400, 0.05, 4, 1, 0, false));
    }

    @Test
    void killsOfTwoRelaysLoseAndDoubleNothingAndDoNotChangeTheBits() throws Exception {
        killsLoseAndDoubleNothing(new RelayChaosSettings(1, 8, 2, 3, 10, 400, 0.05, 4, 1, 0, false));
    }

    /**
     * Kills coordinators on both levels and devices, and interrupts a link, while devices join and leave at the sites.
     */
    private void killsLoseAndDoubleNothing(RelayChaosSettings settings) throws Exception {
        RelayChaosOutcome outcome = chaos(settings);

        for (ChaosOutcome level : outcome.levels()) {
            assertThat(level.processKills()).containsKeys(KillKind.IN_COMMIT, KillKind.IN_CLOSING);
        }
        assertThat(outcome.levels().get(1).changes())
                .containsOnlyKeys(
                        Change.Kind.LEAVE_AND_RETURN, Change.Kind.LOSE_DISK, Change.Kind.REWEIGH, Change.Kind.JOIN);
        assertThat(outcome.cuts()).isEqualTo(1);
    }

    @Test
    void relaysThatMissRoundsCatchUpWithTheBitsOfTheirRecords() throws Exception {
        RelayChaosOutcome outcome = chaos(new RelayChaosSettings(2, 12, 2, 3, 30, 400, 0.05, 0, 2, 0, true));

        assertThat(outcome.levels().get(0).verdict().checked()).isLessThan(4 * 30);
    }

    @Test
    void bothLevelsContinueAfterEitherWasRestored() throws Exception {
        RelayChaosOutcome outcome = chaos(new RelayChaosSettings(3, 8, 1, 3, 30, 400, 0.05, 0, 1, 2, false));

        for (ChaosOutcome level : outcome.levels()) {
            assertThat(level.processKills()).containsKeys(KillKind.RESTORED, KillKind.RESTORED_ROWS);
            assertThat(level.lost()).isPositive();
            assertThat(level.changes()).containsOnlyKeys(Change.Kind.FOLLOW);
        }
    }

    private RelayChaosOutcome chaos(RelayChaosSettings settings) throws Exception {
        RelayChaosOutcome outcome = new RelayChaos(settings, folder, accepted -> {}).run();
        outcome.lines().forEach(System.out::println);

        assertThat(outcome.violations()).isEmpty();
        for (ChaosOutcome level : outcome.levels()) {
            assertThat(level.verdict().lost()).isZero();
            assertThat(level.verdict().duplicated()).isZero();
            assertThat(level.verdict().identical()).isTrue();
            assertThat(level.kills()).isPositive();
        }
        return outcome;
    }
}
