package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.device.Crashes;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KillPlanTest {

    private static final ChaosDeployment H2 = ChaosDeployment.onH2(Path.of("chaos"));

    private static ChaosSettings settings(long seed) {
        return new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 500, seed, 6, 500, 100, 6, 0, 25, false);
    }

    @Test
    void thePlanDependsOnTheSeedOnly() {
        assertThat(KillPlan.draw(settings(1), H2))
                .isEqualTo(KillPlan.draw(settings(1), H2))
                .isNotEqualTo(KillPlan.draw(settings(2), H2));
    }

    @Test
    void plansTheGivenNumberOfKillsOfAllKinds() {
        KillPlan plan = KillPlan.draw(settings(1), H2);

        assertThat(kinds(plan))
                .containsOnly(
                        KillKind.IN_COMMIT,
                        KillKind.IN_CLOSING,
                        KillKind.ANY_TIME,
                        KillKind.IN_RECOVERY,
                        KillKind.DEVICE_PROCESS);
        assertThat(plan.crashes()).hasSize(5);
        assertThat(plan.crashes().stream().flatMap(of -> of.stream()))
                .hasSize(500 - plan.kills().size())
                .extracting(Crashes.Crash::point)
                .contains(CrashPoint.of(settings(1)).toArray(CrashPoint[]::new));
    }

    @Test
    void restoresWhatTheDeploymentHasAndLeavesRoundsToRecover() {
        ChaosDeployment objects = H2.objectsIn(Path.of("objects")).restored(4);
        ChaosDeployment rows =
                new ChaosDeployment(H2.database(), 1, List.of("--evenkeel.storage.kind=database"), null).restored(4);

        KillPlan plan = KillPlan.draw(settings(1), objects);

        assertThat(kinds(plan)).contains(KillKind.RESTORED, KillKind.RESTORED_ROWS, KillKind.OLDER_OBJECTS);
        assertThat(plan.kills().stream()
                        .filter(kill -> kill.kind() == KillKind.RESTORED
                                || kill.kind() == KillKind.RESTORED_ROWS
                                || kill.kind() == KillKind.OLDER_OBJECTS))
                .hasSize(4)
                .allMatch(kill -> kill.after() >= 300 && kill.after() <= 2100);
        assertThat(kinds(KillPlan.draw(settings(1), rows)))
                .contains(KillKind.RESTORED)
                .doesNotContain(KillKind.RESTORED_ROWS, KillKind.OLDER_OBJECTS);
    }

    @Test
    void hitsTheCoordinatorInEachStepOfACohortInHalfOfTheKills() {
        ChaosSettings secure = new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 80, 1, 6, 80, 100, 4, 0, 4, true);
        List<KillKind> kinds = kinds(KillPlan.draw(secure, H2)).stream()
                .filter(kind -> kind != KillKind.DEVICE_PROCESS)
                .toList();

        assertThat(kinds).hasSize(40).doesNotContain(KillKind.IN_COMMIT, KillKind.IN_CLOSING, KillKind.DATABASE);
        assertThat(kinds.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
                .hasSize(8)
                .containsKeys(
                        KillKind.IN_KEYS,
                        KillKind.IN_SHARES,
                        KillKind.IN_MASKED,
                        KillKind.IN_REVEALS,
                        KillKind.BEFORE_OUTCOME,
                        KillKind.AFTER_OUTCOME)
                .allSatisfy((kind, count) -> assertThat(count).isEqualTo(5));
    }

    @Test
    void hitsTheCoordinatorInAQuarterOfTheKillsAndTheDatabaseOnlyIfItCanBeRestarted() {
        List<KillKind> alone = kinds(KillPlan.draw(settings(1), H2));
        List<KillKind> restarting =
                kinds(KillPlan.draw(settings(1), new ChaosDeployment(H2.database(), 1, List.of(), () -> {})));

        assertThat(alone).filteredOn(kind -> kind != KillKind.DEVICE_PROCESS).hasSize(125);
        assertThat(restarting).filteredOn(kind -> kind == KillKind.DATABASE).hasSize(25);
    }

    private static List<KillKind> kinds(KillPlan plan) {
        return plan.kills().stream().map(KillPlan.Kill::kind).toList();
    }

    @Test
    void plansTheGivenNumberOfChangesInTheOrderOfTheirRounds() {
        List<Change> changes = KillPlan.draw(settings(1), H2).changes();

        assertThat(changes)
                .hasSize(25)
                .extracting(Change::kind)
                .containsOnly(
                        Change.Kind.LEAVE_AND_RETURN, Change.Kind.LOSE_DISK, Change.Kind.REWEIGH, Change.Kind.JOIN);
        assertThat(changes)
                .extracting(Change::round)
                .isSorted()
                .allSatisfy(round -> assertThat(round).isBetween(0, 450));
    }

    @Test
    void changesNoWeightIfItsRoundIsNotDetermined() {
        ChaosSettings quorum =
                new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 100, 1, 6, 100, 100, 4, 0, 20, false);

        assertThat(KillPlan.draw(quorum, H2).changes())
                .extracting(Change::kind)
                .contains(Change.Kind.LEAVE_AND_RETURN, Change.Kind.LOSE_DISK, Change.Kind.JOIN)
                .doesNotContain(Change.Kind.REWEIGH);
    }

    @Test
    void reservesTheLastTenthForRecovery() {
        ChaosSettings settings = settings(3);

        assertThat(KillPlan.draw(settings, H2).kills())
                .extracting(KillPlan.Kill::after)
                .isSorted()
                .allSatisfy(after -> assertThat(after).isBetween(0, settings.messages() * 9 / 10 + 6));
    }
}
