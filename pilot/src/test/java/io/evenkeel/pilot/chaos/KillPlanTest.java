package io.evenkeel.pilot.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KillPlanTest {

    private static ChaosSettings settings(long seed) {
        return new ChaosSettings(500, seed, 6, 500, 100, 6, 0);
    }

    @Test
    void theSameSeedGivesTheSamePlanAndAnotherSeedAnother() {
        assertThat(KillPlan.draw(settings(1)))
                .isEqualTo(KillPlan.draw(settings(1)))
                .isNotEqualTo(KillPlan.draw(settings(2)));
    }

    @Test
    void plansAsManyKillsAsAskedForAndSomeOfEveryKind() {
        KillPlan plan = KillPlan.draw(settings(1));

        assertThat(plan.kills()).extracting(KillPlan.Kill::kind).contains(KillKind.values());
        assertThat(plan.crashes()).hasSize(5);
        assertThat(plan.crashes().stream().flatMap(of -> of.stream()))
                .hasSize(500 - plan.kills().size())
                .extracting(Crashes.Crash::point)
                .contains(CrashPoint.values());
    }

    @Test
    void leavesTheLastTenthOfTheRunToRecoverIn() {
        ChaosSettings settings = settings(3);

        assertThat(KillPlan.draw(settings).kills())
                .extracting(KillPlan.Kill::after)
                .isSorted()
                .allSatisfy(after -> assertThat(after).isBetween(0, settings.messages() * 9 / 10 + 6));
    }
}
