package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@OnlyInCi
class MetricsOfReplicasTest {

    private final String url = Postgres.shared().newDatabase();
    private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(url));

    @Test
    void onlyTheLeaseHolderShowsTheStatusOfARunAndEachReplicaItsOwnTraffic() {
        SharedCoordinator first = replica();
        SharedCoordinator second = replica();
        try {
            Scene scene = scene(first, "gd").members(1).start();
            TestDevice device = scene.devices.get(0);
            device.moveTo(second.endpoint());
            device.answer(0, new double[Scene.DIMENSION]);

            List<SharedCoordinator> both = List.of(first, second);
            SharedCoordinator holder = both.stream()
                    .filter(replica -> MetricsExposition.await(
                                    first.endpoint(),
                                    told -> shows(told, scene)
                                            || shows(MetricsExposition.from(second.endpoint()), scene))
                            != null)
                    .filter(replica -> shows(MetricsExposition.from(replica.endpoint()), scene))
                    .findFirst()
                    .orElseThrow();
            SharedCoordinator other = holder == first ? second : first;

            assertThat(shows(MetricsExposition.from(other.endpoint()), scene)).isFalse();
            assertThat(accepted(second, scene)).isEqualTo(1);
            assertThat(accepted(first, scene)).isZero();

            holder.stop();
            scene.moveTo(other.endpoint(), jdbc);
            device.answer(1, new double[Scene.DIMENSION]);
            assertThat(MetricsExposition.await(other.endpoint(), told -> shows(told, scene))
                            .of("evenkeel_leases_held"))
                    .isEqualTo(1);
        } finally {
            first.stop();
            second.stop();
        }
    }

    @Test
    void limitsTheNumberOfRunsWithSeries() {
        SharedCoordinator coordinator = replica("evenkeel.metrics.runs=1");
        try {
            Scene kept = scene(coordinator, "gd").members(1).start();
            MetricsExposition.await(coordinator.endpoint(), told -> told.knows(kept.run));
            Scene left = scene(coordinator, "gd").members(1).start();
            left.devices.get(0).answer(0, new double[Scene.DIMENSION]);

            MetricsExposition seen =
                    MetricsExposition.await(coordinator.endpoint(), told -> told.of("evenkeel_runs_unmetered") == 1);

            assertThat(seen.knows(kept.run)).isTrue();
            assertThat(seen.knows(left.run)).isFalse();
        } finally {
            coordinator.stop();
        }
    }

    private static boolean shows(MetricsExposition told, Scene scene) {
        return told.value("evenkeel_run_round", "run", scene.run).isPresent();
    }

    private static double accepted(SharedCoordinator replica, Scene scene) {
        return MetricsExposition.from(replica.endpoint())
                .of("evenkeel_run_messages_total", "run", scene.run, "outcome", "accepted");
    }

    private SharedCoordinator replica(String... more) {
        String[] settings = java.util.Arrays.copyOf(more, more.length + 2);
        settings[more.length] = "evenkeel.metrics.refresh=50ms";
        settings[more.length + 1] = "evenkeel.lease.duration=1h";
        return SharedCoordinator.start(url, settings);
    }

    private Scene scene(SharedCoordinator coordinator, String algorithm) {
        return new Scene(coordinator.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.NONE)
                .create(algorithm, 100, "\"gamma\":0.1");
    }
}
