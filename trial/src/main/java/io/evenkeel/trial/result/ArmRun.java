package io.evenkeel.trial.result;

import java.util.List;

/**
 * One arm with one seed.
 *
 * @param arm its name
 * @param seed the seed
 * @param outcome the outcome
 * @param points its trajectory, with finite figures except as documented for a point; empty if it diverged at the start
 */
public record ArmRun(String arm, long seed, Outcome outcome, List<TrajectoryPoint> points) {

    public ArmRun {
        points = List.copyOf(points);
    }
}
