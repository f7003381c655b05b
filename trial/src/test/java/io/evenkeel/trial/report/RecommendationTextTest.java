package io.evenkeel.trial.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecommendationTextTest {

    /** Returns the text of a comparison of gd-norm with privacy and the best compressed arm with the given privacy. */
    private static String text(ArmSummary.@Nullable Privacy ofBest) throws IOException {
        TrialResults trial =
                TrialResults.read(ResultsFolder.open(Path.of("..", "client-sdk", "vectors", "trials", "private")));
        Summary summary = trial.summary();
        ArmSummary bare = summary.arm("bare").orElseThrow();
        ArmSummary fed = summary.arm("fed").orElseThrow();
        ArmSummary best = new ArmSummary(
                "adaptive",
                "ef21-adaptive",
                fed.feedback(),
                fed.step(),
                fed.gamma(),
                fed.eta(),
                fed.compressor(),
                fed.alpha(),
                ofBest,
                fed.search(),
                fed.reaches(),
                fed.stability(),
                fed.lossPerMegabyte(),
                fed.quality(),
                fed.runs());
        Comparison.Contrast contrast = new Comparison.Contrast(
                "adaptive", "gd", "loss", 0.1, 0.2, "better", 0.1, null, null, null, null, null, null, null, null);
        Summary together = new Summary(
                summary.version(),
                true,
                summary.problem(),
                "gd",
                summary.targets(),
                summary.droppedTargets(),
                summary.thresholds(),
                List.of(bare, best),
                List.of(),
                new Summary.Verdict("gd", "pays", contrast, null, null, List.of()),
                null);
        return new RecommendationText(
                        Texts.in(Language.ENGLISH),
                        new TrialResults("t", trial.experiment(), trial.yaml(), together, trial.runs(), null))
                .text();
    }

    @Test
    void comparesNoPrivateArmWithOneThatPromisesLess() throws IOException {
        assertThat(text(null))
                .startsWith("Recommended with privacy: gd-norm")
                .endsWith(
                        "The arm bare of this trial is such a method. Its privacy guarantee differs from that of adaptive,"
                                + " so this trial does not compare the two.")
                .doesNotContain("did better");
    }

    @Test
    void namesTheArmThatDidBetterAtTheSamePrivacy() throws IOException {
        ArmSummary.Privacy same = TrialResults.read(
                        ResultsFolder.open(Path.of("..", "client-sdk", "vectors", "trials", "private")))
                .summary()
                .arm("bare")
                .orElseThrow()
                .privacy();
        assertThat(text(same)).contains("In this trial adaptive did better than bare");
    }
}
