package io.evenkeel.trial.grid;

import java.util.List;

/** The smallest differences that count in answers. The seeds must also agree on larger ones. */
final class Thresholds {

    /** The smallest relevant difference of accuracies: half a percentage point. */
    static final double POINTS = 0.005;

    /** The smallest relevant difference of losses, as a share of the best method's loss reduction. */
    static final double LOSS_SHARE = 0.02;

    /** The smallest relevant ratio of rounds. */
    static final double ROUNDS = 1.1;

    /** The smallest relevant ratio of a method's gains in rounds at the two ends of an axis. */
    static final double TREND = 1.25;

    /** The smallest relevant ratio of steps. */
    static final double STEPS = 2;

    /** Rounds are counted until this share of the best method's improvement. */
    static final double SHARE_OF_IMPROVEMENT = 0.9;

    private Thresholds() {}

    /** Returns a sentence with the thresholds. */
    static List<String> sentences() {
        return List.of(
                "Where an axis is crossed with step sizes, each method is judged at the step of the grid with the least final"
                        + " training loss (median over seeds).",
                "Quality is the accuracy (or R2) on held-out samples; a difference of 0.5 percentage points counts. Where nothing is"
                        + " held out it is the final loss; a difference of 2% of the best method's reduction counts.",
                "Rounds are counted until 90% of the improvement that the best method makes in the same cells; a difference by a"
                        + " factor of 1.1 counts. Quality decides; rounds do where quality does not differ.",
                "A gain grows along an axis if it changes by 0.5 points, or by a factor of 1.25 in rounds.",
                "With two seeds or more the 95% interval of the paired t-test must exclude zero, and where some seeds never get"
                        + " there, all must be on one side; otherwise there is no answer. More --seeds give more certainty.",
                "A method that is worse at a best step where the grid ends could be better beyond it: then there is no answer"
                        + " either.");
    }
}
