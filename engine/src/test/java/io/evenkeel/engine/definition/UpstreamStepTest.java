package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.definition.RunDefinition.LossyDownlink;
import org.junit.jupiter.api.Test;

class UpstreamStepTest {

    private final DraftDefinition draft = new DraftDefinition();

    UpstreamStepTest() {
        draft.algorithm = "ef21";
        draft.step = "upstream";
    }

    @Test
    void needsNoStepSizeAndStartsFromTheUpstreamModel() {
        ValidatedPlan plan = draft.plan();
        assertThat(plan.followsUpstream()).isTrue();
        assertThat(plan.hasUpdates()).isFalse();
        assertThat(plan.needsUpload()).isTrue();
        assertThat(plan.definition().step()).isEqualTo("upstream");
        assertThat(plan.definition().gamma()).isNull();
        assertThat(ValidatedPlan.of(plan.definition()).definition())
                .as("as it is stored")
                .isEqualTo(plan.definition());
        draft.step = null;
        draft.gamma = "0.1";
        assertThat(draft.plan().followsUpstream()).isFalse();
    }

    @Test
    void refusesFieldsThatOnlyTheUpstreamRunDecides() {
        draft.gamma = "0.1";
        draft.smoothness = 1.0;
        draft.downlink = new LossyDownlink("top-k:1");
        assertThat(draft.refusal("gamma").detail()).contains("gamma: is ", "smoothness: is ", "downlink: is ");
    }

    @Test
    void refusesAMeanThatNeedsCounts() {
        draft.algorithm = "ef14-decay-scatter-mean";
        assertThat(draft.refusal("algorithm").detail()).contains("sums without counts", "ef14-decay");
    }
}
