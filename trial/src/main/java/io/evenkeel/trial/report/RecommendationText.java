package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Recommendation;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.List;
import java.util.Objects;

/** Recommends an algorithm for a trial's situation, with the reason and its result in the trial. */
public final class RecommendationText {

    private final Texts texts;
    private final TrialResults trial;
    private final Summary summary;

    /** Creates the text for a trial of simulated clients. */
    public RecommendationText(Texts texts, TrialResults trial) {
        this.texts = texts;
        this.trial = trial;
        this.summary = trial.summary();
    }

    public static String reason(Texts texts, Recommendation recommendation) {
        return texts.get("recommend." + recommendation.key());
    }

    public String text() {
        Recommendation recommendation = Recommendation.of(trial.experiment());
        return reason(texts, recommendation) + texts.get("recommend.then", evidence(recommendation));
    }

    private String evidence(Recommendation recommendation) {
        List<ArmSummary> arms = summary.arms().stream()
                .filter(arm -> arm.algorithm().equals(recommendation.algorithm())
                        && (recommendation != Recommendation.PRIVATE || arm.privacy() != null))
                .toList();
        if (arms.isEmpty()) {
            return texts.get("recommend.missing", arm(recommendation));
        }
        Contrast best = summary.verdict().compression();
        ArmSummary winner = best == null
                ? null
                : summary.arm(best.arm()).filter(arm -> summary.complete()).orElse(null);
        if (winner == null) {
            return texts.get("recommend.present", arms.get(0).name());
        }
        if (arms.contains(winner)) {
            return texts.get("recommend.best", winner.name());
        }
        // Arms with different privacy are not compared: a method gets no credit for less noise.
        return arms.stream()
                .filter(arm -> ArmSummary.Privacy.same(arm.privacy(), winner.privacy()))
                .findFirst()
                .map(arm -> texts.get("recommend.other", winner.name(), arm.name()))
                .orElseGet(
                        () -> texts.get("recommend.other-privacy", arms.get(0).name(), winner.name()));
    }

    /**
     * Returns the arm to run: EF14 with the step size of uncompressed training in this trial, or another algorithm with
     * its defaults.
     */
    private String arm(Recommendation recommendation) {
        String algorithm = recommendation.algorithm();
        return switch (recommendation) {
            case PRIVATE -> algorithm + ",privacy=" + privacy();
            case LOCAL_STEPS, MINIBATCHES -> algorithm + ",gamma=" + uncompressedGamma();
            case FULL_GRADIENTS -> algorithm;
        };
    }

    private String privacy() {
        return trial.experiment().arms().stream()
                .map(ArmSettings::privacy)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    private String uncompressedGamma() {
        return summary.arms().stream()
                .filter(arm -> arm.algorithm().equals("gd") && arm.step().equals("plain"))
                .map(arm -> TextFormat.stepSize(arm.gamma()))
                .findFirst()
                .orElse("tuned");
    }
}
