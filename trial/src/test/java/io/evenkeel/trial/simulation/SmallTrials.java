package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataDraft;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetDraft;
import io.evenkeel.trial.experiment.GradientDraft;
import io.evenkeel.trial.experiment.StartDraft;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Experiments of a few clients, and what their arms gave. */
final class SmallTrials {

    private SmallTrials() {}

    static DataDraft source(String name) {
        return new DataDraft(
                name, null, null, null, null, null, null, null, null, null, null, 8, 30, 1.0, 10.0, 1.0, null);
    }

    static Experiment experiment(
            String source,
            int rounds,
            @Nullable GradientDraft gradient,
            @Nullable Double participation,
            @Nullable String g,
            String... arms) {
        return new ExperimentDraft(
                        source(source),
                        null,
                        new FleetDraft(
                                "polynomial".equals(source) ? 1 : 6, null, null, null, participation, null, null),
                        gradient,
                        new StartDraft(null, g),
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
                // Nothing is kept.
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
