package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.engine.definition.RunDefinition.Privacy;
import io.evenkeel.engine.definition.RunDefinition.PrivacyBudget;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import io.evenkeel.engine.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RobustCheckTest {

    private final DraftDefinition draft = new DraftDefinition();

    @Test
    void readsTheBoundOfARobustSum() {
        assertThat(draft.plan().robust()).isNull();
        draft.robust = "clip:2.0";
        assertThat(draft.plan().robust()).isEqualTo(new NormClipping(2));
        assertThat(draft.plan().definition().robust()).isEqualTo("clip:2");
        assertThat(RoundRules.of(draft.plan().definition()).limited(1e12)).isEqualTo(1);
        draft.weights = new Weights(0.5, null);
        assertThat(draft.plan().definition().weights()).isEqualTo(new Weights(0.5, 1.0));
        draft.weights = new Weights(null, 40.0);
        assertThat(RoundRules.of(draft.plan().definition()).limited(1e12)).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource({
        "clip:0.5,ef21-norm,at least 1",
        "clip:x,ef21-norm,clip:2",
        "median,ef21-norm,clip:2",
        "trim:0.1,ef21-norm,only trials support"
    })
    void refusesABoundThatCannotBeKept(String text, String preset, String because) {
        draft.algorithm = preset;
        draft.gamma = "0.1";
        draft.robust = text;
        assertThat(draft.refusal("robust").detail()).contains(because);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gd", "dcgd", "ef14", "ef14-decay", "ef14-decay-scatter-mean"})
    void boundsTheMessagesOfAlgorithmsWithoutASumOverRounds(String preset) {
        draft.algorithm = preset;
        draft.gamma = "0.1";
        draft.robust = "clip:1";
        assertThat(draft.plan().robust()).isEqualTo(new NormClipping(1));
    }

    @Test
    void refusesABoundBesidePrivacyAndSecureAggregation() {
        draft.algorithm = "ef21-norm";
        draft.compressor = "identity";
        draft.robust = "clip:2";
        draft.privacy = new Privacy(null, null, null, null, 1.0, null, new PrivacyBudget(null, 1e-6), null);
        assertThat(draft.refusal("robust").detail()).contains("with privacy", "leave one of the two out");
        draft.privacy = null;
        draft.secureAggregation = new RunDefinition.SecureAggregation(null, null, null, null, null, null);
        assertThat(catchThrowableOfType(ProblemException.class, draft::plan).detail())
                .contains("robust: is 'clip:2', but with secureAggregation");
    }
}
