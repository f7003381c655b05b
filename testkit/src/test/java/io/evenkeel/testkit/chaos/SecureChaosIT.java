package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code evenkeel chaos --secure-aggregation}. */
@Tag("full")
class SecureChaosIT {

    private static final int KILLS = 12;

    /**
     * Devices lose their state between two rounds, and in the middle of a cohort. With a recovery key they continue as
     * the same members, with the same bits as undisturbed devices; without one, as new members.
     */
    @Test
    void devicesThatLoseTheirDisksContinueExactlyWithARecoveryKeyAndJoinAgainWithout(@TempDir Path folder)
            throws Exception {
        ChaosSettings settings = new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 0, 1, 6, 12, 400, 4, 0, 5, true);
        KillPlan plan = new KillPlan(
                List.of(),
                Collections.nCopies(settings.devices() - 1, List.of()),
                List.of(
                        new Change(0, Change.Kind.LOSE_DISK, 2),
                        new Change(2, Change.Kind.LOSE_DISK_SHARED, 3),
                        new Change(1, Change.Kind.LOSE_DISK, 4),
                        new Change(3, Change.Kind.LOSE_DISK_SHARED, 5),
                        new Change(4, Change.Kind.LOSE_DISK_MASKED, 6)));

        ChaosOutcome outcome = new Chaos(settings, folder, ChaosDeployment.onH2(folder), accepted -> {}).run(plan);

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().identical()).isTrue();
        assertThat(outcome.changes())
                .containsOnlyKeys(Change.Kind.LOSE_DISK, Change.Kind.LOSE_DISK_SHARED, Change.Kind.LOSE_DISK_MASKED);
        Map<Integer, List<Boolean>> continued = outcome.disks().stream()
                .collect(Collectors.groupingBy(
                        DiskRecovery::device, Collectors.mapping(DiskRecovery::continued, Collectors.toList())));
        assertThat(continued)
                .containsEntry(0, List.of(true))
                .containsEntry(2, List.of(true))
                .containsEntry(1, List.of(false))
                .containsEntry(3, List.of(false))
                // Its message may or may not be in the sum, so its copy may be too old.
                .containsKey(4);
    }

    /**
     * Kills in each step of a cohort. Each round's sum contains all messages of a cohort or none, and has exactly their
     * bits.
     */
    @Test
    void killsInEachStepOfSecureAggregationDoNotChangeTheBits(@TempDir Path folder) throws Exception {
        ChaosSettings settings =
                new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, KILLS, 1, 6, 12, 400, 4, 0.05, 4, true);

        ChaosOutcome outcome = new Chaos(settings, folder, ChaosDeployment.onH2(folder), accepted -> {}).run();

        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().checked()).isGreaterThan(settings.messages() / 2);
        assertThat(outcome.verdict().identical()).isTrue();
        ChaosReport.lines(outcome).forEach(System.out::println);
        assertThat(outcome.processKills())
                .containsOnlyKeys(
                        KillKind.IN_KEYS,
                        KillKind.IN_SHARES,
                        KillKind.IN_MASKED,
                        KillKind.IN_REVEALS,
                        KillKind.BEFORE_OUTCOME,
                        KillKind.AFTER_OUTCOME,
                        KillKind.DEVICE_PROCESS);
        assertThat(outcome.crashes().keySet())
                .contains(CrashPoint.AFTER_KEYS, CrashPoint.AFTER_SHARES, CrashPoint.AFTER_MASKED);
    }
}
