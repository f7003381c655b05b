package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short run of {@code evenkeel chaos}: a coordinator in a separate JVM, kills, and faults of requests. */
@OnlyInCi
class ChaosIT {

    /** Covers each kind of kill, and each point at which a device crashes. */
    @Test
    void twelveKillsLoseAndDoubleNothing(@TempDir Path folder) throws Exception {
        loseAndDoubleNothingAndKeepTheBits(
                new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 12, 1, 4, 12, 400, 4, 0.1, 4, false), folder);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({
        "EF21_SGDM_NORM,,",
        "EF21_SGDM_NORM, top-k:0.02+natural,",
        "EF21_SGDM_NORM,, clip:1",
        "EF21_IGT_NORM,,",
        "EF21_STORM_NORM,,"
    })
    void twentyKillsLoseAndDoubleNothingAndDoNotChangeTheBits(
            Preset algorithm, @Nullable String downlink, @Nullable String robust, @TempDir Path folder)
            throws Exception {
        NormClipping clipping = robust == null ? null : NormClipping.parse(robust);
        loseAndDoubleNothingAndKeepTheBits(
                new ChaosSettings(algorithm, downlink, clipping, 20, 1, 4, 20, 400, 4, 0.1, 4, false), folder);
    }

    private static void loseAndDoubleNothingAndKeepTheBits(ChaosSettings settings, Path folder) throws Exception {
        ChaosOutcome outcome = new Chaos(settings, folder, ChaosDeployment.onH2(folder), accepted -> {}).run();

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().checked()).isGreaterThan((settings.devices() - 1) * settings.rounds());
        assertThat(outcome.verdict().lost()).isZero();
        assertThat(outcome.verdict().duplicated()).isZero();
        assertThat(outcome.verdict().identical()).isTrue();
        assertThat(outcome.processKills()).containsKeys(KillKind.IN_COMMIT, KillKind.IN_CLOSING, KillKind.ANY_TIME);
        assertThat(outcome.changes())
                .containsOnlyKeys(
                        Change.Kind.LEAVE_AND_RETURN, Change.Kind.LOSE_DISK, Change.Kind.REWEIGH, Change.Kind.JOIN);
        assertThat(outcome.crashes()).containsOnlyKeys(CrashPoint.of(settings).toArray(CrashPoint[]::new));
        // A kill of a device's process is skipped if that process is just restarting.
        assertThat(outcome.kills()).isBetween(settings.kills() - 1, settings.kills());
    }
}
