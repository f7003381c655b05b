package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code evenkeel chaos --secure-aggregation}. */
class SecureChaosIT {

    private static final int KILLS = 12;

    /** Kills in each step of a cohort: each round's sum has all messages of a cohort or none, and the bits of the same messages. */
    @Test
    void killsInEachStepOfSecureAggregationDoNotChangeTheBits(@TempDir Path folder) throws Exception {
        ChaosSettings settings =
                new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, KILLS, 1, 6, 12, 400, 4, 0.05, 4, true);

        ChaosOutcome outcome = new Chaos(settings, folder, ChaosDeployment.onH2(folder), accepted -> {}).run();

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().checked()).isGreaterThan(settings.messages() / 2);
        assertThat(outcome.verdict().identical()).isTrue();
        assertThat(outcome.processKills()).containsKeys(KillKind.IN_COMMIT, KillKind.IN_CLOSING, KillKind.ANY_TIME);
        assertThat(outcome.crashes().keySet())
                .contains(CrashPoint.AFTER_KEYS, CrashPoint.AFTER_SHARES, CrashPoint.AFTER_MASKED);
    }
}
