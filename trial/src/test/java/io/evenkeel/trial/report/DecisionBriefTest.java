package io.evenkeel.trial.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.SummaryFixture;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionBriefTest {

    private static final String TARGET = "loss:0.1";

    /**
     * Returns the brief of a trial in which each of 20 clients sends and downloads 40,000 bytes per round, or
     * sends 1,000 and downloads 9,000 with compression.
     */
    private static DecisionBrief brief(Language language, Comparison.@Nullable Paired difference) throws IOException {
        ArmSummary gd = SummaryFixture.arm("gd", "identity", TARGET, 10.0, 20 * 10 * 40_000.0, 20 * 10 * 40_000.0);
        ArmSummary ef21 = SummaryFixture.arm("ef21", "top-k:0.01", TARGET, 10.0, 20 * 10 * 1000.0, 20 * 10 * 9000.0);
        Summary made = SummaryFixture.summary(20, 10_000, List.of(TARGET), List.of(gd, ef21));
        Comparison.Contrast contrast = new Comparison.Contrast(
                "ef21",
                "gd",
                "loss",
                0.12,
                0.1,
                "not-worse",
                0.1,
                difference,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        Summary summary = new Summary(
                made.version(),
                true,
                made.problem(),
                "gd",
                made.targets(),
                List.of(),
                made.thresholds(),
                made.arms(),
                List.of(),
                new Summary.Verdict("gd", "pays", contrast, null, null, List.of()),
                null);
        CostModel model = CostModel.of(
                ResultsFolder.open(Path.of("..", "client-sdk", "vectors", "trials", "softmax"))
                        .experiment(),
                summary,
                TARGET,
                Prices.DEFAULT,
                new Deployment(1000, 10, 0, 1, 3, 0.5));
        return new DecisionBrief(Texts.in(language), new Decision(model));
    }

    private static Comparison.Paired difference(double low, double high) {
        return new Comparison.Paired("final loss", false, 3, 0.02, low, high, 0.2);
    }

    @Test
    void putsCostBytesBothWaysAndElectricityOfTodaySideBySide() throws IOException {
        DecisionBrief brief = brief(Language.ENGLISH, difference(-0.01, 0.05));

        assertThat(brief.header()).containsExactly("figure", "now: gd", "then: ef21");
        assertThat(brief.rows())
                .extracting(row -> row.get(0))
                .containsExactly(
                        "cost a year",
                        "bytes of a device in a training, up and down",
                        "of that, bytes up",
                        "of that, bytes down",
                        "electricity of the network a year, kWh",
                        "final loss");
        assertThat(brief.rows().get(1).get(1)).isEqualTo("800 kB");
        assertThat(brief.rows().get(2)).containsExactly("of that, bytes up", "400 kB", "10.0 kB (40 times fewer)");
        assertThat(brief.rows().get(4).get(1)).as("8 GB at 0.5 kWh").isEqualTo("4");
        assertThat(brief.rows().get(5)).containsExactly("final loss", "0.1", "0.12");
    }

    @Test
    void statesTheQualityAtRiskInOneNumber() throws IOException {
        assertThat(brief(Language.ENGLISH, difference(-0.01, 0.05)).risk())
                .isEqualTo("Quality at risk: the final loss may be higher by 0.05, by the 95% interval over 1 seeds.");
        assertThat(brief(Language.ENGLISH, difference(-0.05, -0.01)).risk()).contains("none in this trial");
        assertThat(brief(Language.ENGLISH, null).risk()).contains("unknown", "--seeds");
        assertThat(brief(Language.JAPANESE, difference(-0.01, 0.05)).risk()).contains("0.05高く");
    }

    @Test
    void statesTheOperationalDutiesAndHowToStop() throws IOException {
        assertThat(brief(Language.ENGLISH, null).consequences())
                .satisfiesExactly(
                        operate -> assertThat(operate).contains("one service, the coordinator"),
                        leave -> assertThat(leave).contains("training continues from it without compression"));
    }
}
