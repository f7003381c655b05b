package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.experiment.StartSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Experiments with a few clients, and the results of their arms. */
public final class SmallTrials {

    private SmallTrials() {}

    public static DataSettings.Draft quadratic(
            int dimension, @Nullable Double heterogeneity, @Nullable Double condition) {
        return new DataSettings.Draft(
                "quadratic",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                dimension,
                null,
                heterogeneity,
                condition,
                null,
                null);
    }

    static DataSettings.Draft source(String name) {
        return new DataSettings.Draft(
                name, null, null, null, null, null, null, null, null, null, null, 8, 30, 1.0, 10.0, 1.0, null);
    }

    static Experiment experiment(
            String source,
            int rounds,
            GradientSettings.@Nullable Draft gradient,
            @Nullable Double participation,
            @Nullable String g,
            String... arms) {
        return new ExperimentDraft(
                        source(source),
                        null,
                        new FleetSettings.Draft(
                                "polynomial".equals(source) ? 1 : 6, null, null, null, participation, null, null),
                        gradient,
                        new StartSettings.Draft(null, g),
                        rounds,
                        List.of(1L, 2L),
                        1,
                        List.of(),
                        null,
                        List.of(arms).stream().map(ArmSettings::parse).toList(),
                        null)
                .complete();
    }

    static List<ArmRun> run(Experiment experiment, int threads) throws InterruptedException {
        return new Trial(experiment).run(threads, (arm, seed, round, x) -> true, forgetful());
    }

    static Trial.Journal forgetful() {
        return new Trial.Journal() {
            @Override
            public Optional<ArmRun> earlier(String arm, long seed) {
                return Optional.empty();
            }

            @Override
            public void ended(ArmRun run) {
                // Stores nothing.
            }
        };
    }

    static List<TrajectoryPoint> withoutSeconds(ArmRun run) {
        return run.points().stream()
                .map(p -> new TrajectoryPoint(
                        p.round(),
                        p.loss(),
                        p.gradNorm(),
                        p.testMetric(),
                        p.uplinkBytes(),
                        p.downlinkBytes(),
                        p.stepSize(),
                        p.directionNorm(),
                        p.epsilon(),
                        0))
                .toList();
    }
}
