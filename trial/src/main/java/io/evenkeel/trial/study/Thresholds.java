package io.evenkeel.trial.study;

import java.util.List;

/** The smallest differences that count in answers; the seeds must agree on larger ones too. */
final class Thresholds {

    /** Accuracies differ from here on: half a percentage point. */
    static final double POINTS = 0.005;

    /** Losses differ from this share of what the best method took off the loss. */
    static final double LOSS_SHARE = 0.02;

    /** Rounds differ from this factor on. */
    static final double ROUNDS = 1.1;

    /** A method's gains at the two ends of an axis differ from this factor of rounds on. */
    static final double TREND = 1.25;

    /** Steps differ from this factor on. */
    static final double STEPS = 2;

    /** Rounds are counted until this share of the improvement that the best method makes. */
    static final double SHARE_OF_IMPROVEMENT = 0.9;

    private Thresholds() {}

    /** Says so. */
    static List<String> sentences() {
        return List.of(
                "Where an axis is crossed with step sizes, each method is judged at the step of the grid with the least final"
                        + " training loss (median over seeds).",
                "Quality is the accuracy (or R2) on held-out samples, and differs from 0.5 percentage points on; where nothing is"
                        + " held out it is the final loss, and differs from 2% of what the best method took off it.",
                "Rounds are counted until 90% of the improvement that the best method makes in the same cells, and differ from a"
                        + " factor of 1.1 on. Quality decides; rounds do where quality does not differ.",
                "A gain grows along an axis if it changes by 0.5 points, or by a factor of 1.25 in rounds.",
                "With two seeds or more the 95% interval of the paired t-test has to exclude zero, and where some seeds never get"
                        + " there all have to be on one side; otherwise nothing can be told. More --seeds tell more.",
                "A method that is worse at a best step where the grid ends could be better beyond it: then nothing can be told"
                        + " either.");
    }
}
