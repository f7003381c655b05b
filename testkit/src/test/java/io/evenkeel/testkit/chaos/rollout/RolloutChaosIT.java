package io.evenkeel.testkit.chaos.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.PostgresSchema;
import io.evenkeel.testkit.chaos.deployment.RestartedPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of {@code evenkeel chaos rollouts}: one coordinator on H2, and two on PostgreSQL. */
@Tag("full")
class RolloutChaosIT {

    private static final int ROLLOUTS = RolloutScenario.values().length;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void everyDeviceGetsTheRightVersionWhenTheCoordinatorIsKilled() throws Exception {
        ChaosDeployment deployment =
                new ChaosDeployment(ChaosDeployment.onH2(folder).database(), 1, RolloutChaosCommand.QUICK_STEPS, null);
        RolloutChaosSettings settings = new RolloutChaosSettings(1, 4, ROLLOUTS, 3, 0.05);

        RolloutChaosOutcome outcome = new RolloutChaos(settings, folder.resolve("chaos"), deployment, done -> {}).run();

        assertHolds(outcome, 4);
    }

    @Test
    void everyDeviceGetsTheRightVersionWhenReplicasAndTheDatabaseAreKilled() throws Exception {
        RolloutChaosOutcome outcome;
        try (RestartedPostgres database = new RestartedPostgres(folder.resolve("postgres"))) {
            ChaosDeployment deployment = new ChaosDeployment(
                    PostgresSchema.create(database.url()), 2, RolloutChaosCommand.QUICK_STEPS, database::restart);
            RolloutChaosSettings settings = new RolloutChaosSettings(2, 5, ROLLOUTS, 3, 0.05);
            outcome = new RolloutChaos(settings, folder.resolve("chaos"), deployment, done -> {}).run();
        }

        assertHolds(outcome, 5);
        assertThat(outcome.kills()).containsKey(RolloutKill.Kind.DATABASE);
    }

    private static void assertHolds(RolloutChaosOutcome outcome, int kills) {
        outcome.lines().forEach(System.out::println);
        assertThat(outcome.violations()).isEmpty();
        assertThat(outcome.ends()).containsOnlyKeys(RolloutScenario.values());
        assertThat(outcome.kills().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(kills);
        assertThat(outcome.answers()).isPositive();
        assertThat(outcome.reports()).isPositive();
    }
}
