package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.definition.RunDefinition.LossyDownlink;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.TensorShape;
import io.evenkeel.engine.definition.RunDefinition.TimeLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatedPlanTest {

    private final DraftDefinition draft = new DraftDefinition();

    @Test
    void fillsInTheDefaults() {
        RunDefinition resolved = draft.plan().definition();

        assertThat(resolved.compressor()).isEqualTo("top-k:0.01");
        assertThat(resolved.gamma()).isEqualTo("horizon:1.0:0.5");
        assertThat(resolved.step()).isEqualTo("normalized");
        assertThat(resolved.participants()).isEqualTo(new Participants(1, null));
        assertThat(resolved.time()).isEqualTo(new TimeLimits(Duration.ZERO, Duration.ofSeconds(60)));
        assertThat(resolved.sampling()).isEqualTo(1);
        assertThat(resolved.staleness()).isZero();
        assertThat(resolved.initialModel()).isEqualTo(RunDefinition.InitialModel.ZEROS);
    }

    @ParameterizedTest
    @CsvSource({
        "ef21-igt-norm,ef21-igt,anytime:1.0:0.7142857142857143,anytime:1.0:0.5714285714285714",
        "ef21-storm-norm,ef21-storm,anytime:1.0:0.6666666666666666,anytime:1.0:0.6666666666666666"
    })
    void tellsDevicesTheMomentumAndItsSchedule(String preset, String feedback, String gammas, String etas) {
        draft.algorithm = preset;

        PlanView.AlgorithmView view = PlanView.AlgorithmView.of(draft.plan().algorithm());
        assertThat(view).isEqualTo(new PlanView.AlgorithmView(preset, feedback, "normalized", gammas, etas));
        assertThat(ValidatedPlan.of(draft.plan().definition()).algorithm())
                .isEqualTo(draft.plan().algorithm());
    }

    @Test
    void theCompletedDefinitionGivesTheSamePlan() {
        draft.algorithm = "ef21";
        draft.smoothness = 3.0;
        ValidatedPlan plan = draft.plan();

        assertThat(ValidatedPlan.of(plan.definition()).definition()).isEqualTo(plan.definition());
        assertThat(ValidatedPlan.of(plan.definition()).algorithm()).isEqualTo(plan.algorithm());
    }

    @Test
    void placesTensorsConsecutively() {
        draft.dimension = null;
        draft.tensors = List.of(new TensorShape("weights", List.of(2, 3)), new TensorShape("bias", List.of(2)));

        assertThat(draft.plan().dimension()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"A,a-z", "a_b,a-z", "'',a-z"})
    void refusesANameThatIsNotASlug(String wrong, String expected) {
        draft.name = wrong;
        assertThat(draft.refusal("name").detail()).contains(expected, "'" + wrong + "'");
    }

    @Test
    void refusesAMissingNameAlgorithmAndModel() {
        draft.name = null;
        draft.algorithm = null;
        draft.dimension = null;
        draft.rounds = null;
        assertThat(draft.refusal("name").detail()).contains("name: ", "algorithm: ", "tensors: ", "rounds: ");
    }

    @ParameterizedTest
    @CsvSource({"0", "1000001", "-1"})
    void refusesRoundsOutOfRange(int wrong) {
        draft.rounds = wrong;
        assertThat(draft.refusal("rounds").detail()).contains(wrong + "", "1 to 1000000");
    }

    @Test
    void tellsDevicesTheLocalSteps() {
        assertThat(draft.plan().definition().localSteps()).isNull();
        draft.localSteps = 30;
        assertThat(PlanView.of(draft.plan(), RoundRules.of(draft.plan().definition()))
                        .localSteps())
                .isEqualTo(30);
    }

    @ParameterizedTest
    @CsvSource({"0", "1000001", "-1"})
    void refusesLocalStepsOutOfRange(int wrong) {
        draft.localSteps = wrong;
        assertThat(draft.refusal("localSteps").detail()).contains(wrong + "", "1 to 1000000");
    }

    @ParameterizedTest
    @CsvSource({"0", "134000001"})
    void refusesADimensionOutOfRange(int wrong) {
        draft.dimension = wrong;
        assertThat(draft.refusal("dimension").detail()).contains(wrong + "", "1 to 134000000");
    }

    @Test
    void refusesADimensionThatContradictsTheTensors() {
        draft.tensors = List.of(new TensorShape("x", List.of(9)));
        assertThat(draft.refusal("dimension").detail()).contains("10", "9 values");
    }

    @Test
    void refusesTensorsWithoutNameOrShapeOrWithANameTwice() {
        draft.dimension = null;
        draft.tensors = List.of(new TensorShape("x", null));
        assertThat(draft.refusal("tensors").detail()).contains("lacks its name or shape");
        draft.tensors = List.of(new TensorShape("x", List.of(1)), new TensorShape("x", List.of(2)));
        assertThat(draft.refusal("tensors").detail()).contains("'x'");
        draft.tensors = List.of(new TensorShape("__metadata__", List.of(1)));
        assertThat(draft.refusal("tensors").detail()).contains("__metadata__");
        draft.tensors = List.of();
        assertThat(draft.refusal("tensors").detail()).contains("at least one tensor");
        draft.tensors = List.of(new TensorShape("x", List.of(0)));
        assertThat(draft.refusal("tensors").detail()).contains("length 0");
    }

    @Test
    void refusesUnknownAlgorithmsAndCompressorsByField() {
        draft.algorithm = "adam";
        assertThat(draft.refusal("algorithm").detail()).contains("'adam'", "ef21-norm");
        draft.algorithm = "ef21-norm";
        draft.compressor = "top-k:11";
        assertThat(draft.refusal("compressor").detail()).contains("11");
        draft.compressor = "zip";
        assertThat(draft.refusal("compressor").detail()).contains("zip");
        draft.compressor = null;
        draft.gamma = "fast";
        draft.eta = "slow";
        draft.step = "leap";
        assertThat(draft.refusal("step").detail()).contains("step: ", "gamma: ", "eta: ");
    }

    @Test
    void refusesAPlainStepWithoutAStepSize() {
        draft.algorithm = "ef21";
        assertThat(draft.refusal("gamma").detail()).contains("give gamma, or the smoothness");
        draft.smoothness = -1.0;
        assertThat(draft.refusal("smoothness").detail()).contains("-1.0");
    }

    @Test
    void refusesParticipantsAndTimesOutOfRange() {
        draft.participants = new Participants(0, null);
        assertThat(draft.refusal("participants.min").detail()).contains("1 to 1000000");
        draft.participants = new Participants(3, 2);
        assertThat(draft.refusal("participants.max").detail()).contains("at least participants.min, which is 3");
        draft.participants = null;
        draft.time = new TimeLimits(Duration.ofSeconds(10), Duration.ofSeconds(5));
        assertThat(draft.refusal("time.min").detail()).contains("5s");
        draft.time = new TimeLimits(null, Duration.ZERO);
        assertThat(draft.refusal("time.max").detail()).contains("100ms");
    }

    @ParameterizedTest
    @CsvSource({"0", "1.01", "-0.5", "NaN"})
    void refusesASamplingOutOfRange(double wrong) {
        draft.sampling = wrong;
        assertThat(draft.refusal("sampling").detail()).contains(wrong + "", "above 0 and at most 1");
    }

    @Test
    void refusesAStalenessOutOfRange() {
        draft.staleness = -1;
        assertThat(draft.refusal("staleness").detail()).contains("-1", "0 to 1000");
    }

    @Test
    void refusesAPriorityOutOfRange() {
        draft.priority = 1001;
        assertThat(draft.refusal("priority").detail()).contains("1001", "-1000 to 1000");
        draft.priority = -1000;
        assertThat(draft.plan().definition().priority()).isEqualTo(-1000);
    }

    @Test
    void tellsDevicesTheDownlinksCompressor() {
        draft.algorithm = "ef21-fedadam";
        assertThat(draft.plan().hasUpdates()).isFalse();

        draft.downlink = new LossyDownlink("top-k:0.10+natural");

        assertThat(draft.plan().definition().downlink()).isEqualTo(new LossyDownlink("top-k:0.1+natural"));
        assertThat(PlanView.of(draft.plan(), RoundRules.of(draft.plan().definition()))
                        .downlink())
                .isEqualTo(new LossyDownlink("top-k:0.1+natural"));
        assertThat(draft.plan().hasUpdates()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "threshold:0.5,has no contraction factor",
        "top-k:11,only 10 coordinates",
        "top-q:1,top-q",
        ",is missing"
    })
    void refusesADownlinkWhoseCompressorDoesNotContractOrFit(@Nullable String compressor, String because) {
        draft.downlink = new LossyDownlink(compressor);
        assertThat(draft.refusal("downlink.compressor").detail()).contains(because);
    }
}
