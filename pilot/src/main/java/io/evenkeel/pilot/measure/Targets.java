package io.evenkeel.pilot.measure;

import io.evenkeel.pilot.experiment.Experiment;
import io.evenkeel.pilot.experiment.Target;
import io.evenkeel.pilot.result.ArmRun;
import io.evenkeel.pilot.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.List;

/** Which targets to tell of: those asked for, or else powers of ten of ||grad f|| that some run reached. */
final class Targets {

    private static final int MOST = 4;

    private Targets() {}

    static List<Target> of(Experiment experiment, List<ArmRun> runs) {
        if (!experiment.targets().isEmpty()) {
            return experiment.targets().stream().map(Target::parse).toList();
        }
        double first = Double.POSITIVE_INFINITY;
        double best = Double.POSITIVE_INFINITY;
        for (ArmRun run : runs) {
            for (TrajectoryPoint point : run.points()) {
                best = Math.min(best, point.gradNorm());
            }
            if (!run.points().isEmpty()) {
                first = Math.min(first, run.points().get(0).gradNorm());
            }
        }
        List<Target> decades = new ArrayList<>();
        if (first > 0 && Double.isFinite(first)) {
            for (int e = (int) Math.floor(StrictMath.log10(first)); e > -16; e--) {
                double value = Double.parseDouble("1e" + e);
                if (value < first && value > best) {
                    decades.add(new Target(Target.Measure.GRAD_NORM, value));
                }
            }
        }
        return List.copyOf(decades.subList(Math.max(0, decades.size() - MOST), decades.size()));
    }
}
