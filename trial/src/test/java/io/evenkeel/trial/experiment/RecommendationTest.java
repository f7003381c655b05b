package io.evenkeel.trial.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecommendationTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1, false, FULL_GRADIENTS",
        "16, 1, false, MINIBATCHES",
        "0, 5, false, LOCAL_STEPS",
        "16, 5, true, PRIVATE",
    })
    void dependsOnTheDevicesComputation(int batch, int localSteps, boolean isPrivate, Recommendation expected) {
        GradientSettings gradient = new GradientSettings(batch, localSteps, 0.1);
        assertThat(Recommendation.of(gradient, isPrivate)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void namesAnExistingAlgorithm(Recommendation recommendation) {
        assertThat(Preset.parse(recommendation.algorithm()).text()).isEqualTo(recommendation.algorithm());
        assertThat(recommendation.definition()).startsWith("algorithm: " + recommendation.algorithm());
    }

    @Test
    void aTrialOfMinibatchesOrLocalStepsMeasuresEf14ByDefault() {
        assertThat(names(new GradientSettings.Draft(16, null, null))).contains("ef14-tuned");
        assertThat(names(new GradientSettings.Draft(null, 5, null))).contains("ef14-tuned");
        assertThat(names(new GradientSettings.Draft(null, null, null))).doesNotContain("ef14-tuned");
    }

    private static List<String> names(GradientSettings.Draft gradient) {
        ExperimentDraft draft =
                new ExperimentDraft(null, null, null, gradient, null, null, null, null, null, null, null, null);
        List<String> completed =
                draft.complete().arms().stream().map(ArmSettings::name).toList();
        assertThat(draft.defaultArms()).extracting(ArmSettings::name).isEqualTo(completed);
        return completed;
    }
}
