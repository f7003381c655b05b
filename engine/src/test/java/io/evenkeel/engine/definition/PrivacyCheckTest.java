package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.definition.RunDefinition.Privacy;
import io.evenkeel.engine.definition.RunDefinition.PrivacyBudget;
import io.evenkeel.engine.definition.RunDefinition.PrivacyTarget;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PrivacyCheckTest {

    private final DraftDefinition draft = new DraftDefinition();

    @Test
    void computesTheNoiseFromATargetAndStaysTheSameWhenItIsReadAgain() {
        draft.privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(8.0, 1e-6, null), null, null);
        ValidatedPlan plan = draft.plan();

        Privacy resolved = Objects.requireNonNull(plan.definition().privacy());
        PrivacyTerms terms = Objects.requireNonNull(plan.privacy());
        assertThat(resolved.normalization()).isEqualTo("smoothed:1.0");
        assertThat(resolved.bound()).isEqualTo(1);
        assertThat(resolved.target()).isEqualTo(new PrivacyTarget(8.0, 1e-6, 100));
        assertThat(resolved.budget()).isEqualTo(new PrivacyBudget(8.0, 1e-6));
        assertThat(terms.maxMessages()).isEqualTo(100);
        assertThat(terms.spent(100)).isBetween(7.99, 8.0);
        assertThat(plan.definition().compressor()).isEqualTo("identity");
        assertThat(ValidatedPlan.of(plan.definition()).definition()).isEqualTo(plan.definition());
        assertThat(RoundRules.of(plan.definition()).limited(7)).isEqualTo(1);
    }

    @Test
    void aNoiseMultiplierNeedsADeltaAndNoLimit() {
        draft.privacy = new Privacy("device", "device", "clip", 0.5, 20.0, null, new PrivacyBudget(null, 1e-6), null);
        PrivacyTerms terms = Objects.requireNonNull(draft.plan().privacy());
        assertThat(terms.mechanism()).hasToString("clip:0.5:20.0");
        assertThat(terms.maxMessages()).isEqualTo(Integer.MAX_VALUE);

        draft.privacy = new Privacy(null, null, "clip", 0.5, 20.0, null, null, null);
        assertThat(draft.refusal("privacy.budget.delta").detail()).contains("is missing, expected a probability");
    }

    @Test
    void refusesFieldsThatWouldRevealTheData() {
        draft.privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(8.0, 1e-6, null), null, null);
        draft.compressor = "top-k:0.1";
        assertThat(draft.refusal("compressor").detail()).contains("reveals information about the data");
        draft.compressor = "rand-k:0.5+bf16";
        assertThat(draft.refusal("compressor").detail()).contains("must travel exactly");
        draft.compressor = "rand-k:0.5";
        assertThat(draft.plan().compressor().spec()).hasToString("rand-k:0.5");
        draft.algorithm = "ef14";
        draft.gamma = "0.1";
        assertThat(draft.refusal("algorithm").detail()).contains("adds up everything");
        draft.algorithm = "ef21-distance";
        assertThat(draft.refusal("step").detail()).contains("needs losses or slopes of the devices");
        draft.algorithm = "ef21-adaptive";
        draft.gamma = null;
        assertThat(draft.refusal("step").detail()).contains("needs losses or slopes of the devices");
        draft.algorithm = "ef21-norm";
        draft.weights = new Weights(1.0, 2.0);
        assertThat(draft.refusal("weights").detail()).contains("each device has the weight 1");
        draft.weights = null;
        draft.stop("{\"targets\": [\"loss <= 1\"]}");
        assertThat(draft.refusal("stop").detail()).contains("devices report no loss");
        draft.stop("{\"maxBytes\": 1000}");
        assertThat(draft.plan().privacy()).isNotNull();
        draft.algorithm = "ef21";
        draft.gamma = null;
        draft.smoothness = 1.0;
        assertThat(draft.refusal("gamma").detail()).contains("no contraction factor");
    }

    @Test
    void refusesEachWrongFieldOfPrivacy() {
        draft.privacy = new Privacy(
                "sample",
                "server",
                "round",
                null,
                null,
                new PrivacyTarget(0.0, 2.0, 0),
                new PrivacyBudget(-1.0, null),
                "../x");
        assertThat(draft.refusal("privacy.unit").detail())
                .contains(
                        "privacy.unit: is 'sample', expected device",
                        "privacy.by: is 'server', expected device or coordinator",
                        "privacy.normalization: 'round' is not a normalization",
                        "privacy.target.epsilon: is 0.0",
                        "privacy.target.delta: is 2.0",
                        "privacy.target.rounds: is 0",
                        "privacy.budget.epsilon: is -1.0",
                        "privacy.dataset: is '../x', expected 1 to 64",
                        "privacy.budget.delta: is missing");
        draft.privacy = new Privacy(null, null, null, null, null, null, new PrivacyBudget(1.0, 1e-6), null);
        assertThat(draft.refusal("privacy.noiseMultiplier").detail()).contains("or else privacy.target");
        draft.privacy = new Privacy(null, null, null, null, 1.0, null, new PrivacyBudget(1.0, 1e-6), null);
        assertThat(draft.refusal("privacy.budget.epsilon").detail()).contains("one message costs");
        draft.privacy = new Privacy(null, null, null, null, 1.0, new PrivacyTarget(1.0, 1e-6, 10), null, null);
        assertThat(draft.refusal("privacy.noiseMultiplier").detail()).contains("give one of the two");
        draft.privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(1e-9, 1e-9, 1000), null, null);
        assertThat(draft.refusal("privacy.target").detail()).contains("plan fewer rounds");
        draft.privacy = new Privacy(null, null, null, 0.0, 1.0, null, new PrivacyBudget(null, 1e-6), null);
        assertThat(draft.refusal("privacy.noiseMultiplier").detail()).contains("the bound is 0.0");
    }
}
