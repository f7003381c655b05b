package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.RunDefinition.Divergence;
import io.evenkeel.coordinator.run.RunDefinition.LossyDownlink;
import io.evenkeel.coordinator.run.RunDefinition.Participants;
import io.evenkeel.coordinator.run.RunDefinition.Patience;
import io.evenkeel.coordinator.run.RunDefinition.Privacy;
import io.evenkeel.coordinator.run.RunDefinition.PrivacyBudget;
import io.evenkeel.coordinator.run.RunDefinition.PrivacyTarget;
import io.evenkeel.coordinator.run.RunDefinition.Stop;
import io.evenkeel.coordinator.run.RunDefinition.TensorShape;
import io.evenkeel.coordinator.run.RunDefinition.TimeLimits;
import io.evenkeel.coordinator.run.RunDefinition.Weights;
import io.evenkeel.core.robust.NormClipping;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidatedPlanTest {

    private @Nullable String name = "a-run";
    private @Nullable List<TensorShape> tensors;
    private @Nullable Integer dimension = 10;
    private @Nullable String algorithm = "ef21-norm";
    private @Nullable String compressor;
    private @Nullable Integer rounds = 100;
    private @Nullable String gamma;
    private @Nullable String eta;
    private @Nullable String step;
    private @Nullable Double smoothness;
    private @Nullable Participants participants;
    private @Nullable TimeLimits time;
    private @Nullable Double sampling;
    private @Nullable Integer staleness;
    private @Nullable Stop stop;
    private @Nullable Integer priority;
    private @Nullable Weights weights;
    private @Nullable Privacy privacy;
    private @Nullable LossyDownlink downlink;
    private RunDefinition.@Nullable SecureAggregation secureAggregation;
    private @Nullable String robust;

    @Test
    void fillsInTheDefaults() {
        RunDefinition resolved = plan().definition();

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
        algorithm = preset;

        PlanView.AlgorithmView view = PlanView.AlgorithmView.of(plan().algorithm());
        assertThat(view).isEqualTo(new PlanView.AlgorithmView(preset, feedback, "normalized", gammas, etas));
        assertThat(ValidatedPlan.of(plan().definition()).algorithm()).isEqualTo(plan().algorithm());
    }

    @Test
    void theCompletedDefinitionGivesTheSamePlan() {
        algorithm = "ef21";
        smoothness = 3.0;
        ValidatedPlan plan = plan();

        assertThat(ValidatedPlan.of(plan.definition()).definition()).isEqualTo(plan.definition());
        assertThat(ValidatedPlan.of(plan.definition()).algorithm()).isEqualTo(plan.algorithm());
    }

    @Test
    void placesTensorsOneAfterTheOther() {
        dimension = null;
        tensors = List.of(new TensorShape("weights", List.of(2, 3)), new TensorShape("bias", List.of(2)));

        assertThat(plan().dimension()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"A,a-z", "a_b,a-z", "'',a-z"})
    void refusesANameThatIsNoSlug(String wrong, String expected) {
        name = wrong;
        assertThat(refusal("name").detail()).contains(expected, "'" + wrong + "'");
    }

    @Test
    void refusesAMissingNameAlgorithmAndModel() {
        name = null;
        algorithm = null;
        dimension = null;
        rounds = null;
        assertThat(refusal("name").detail()).contains("name: ", "algorithm: ", "tensors: ", "rounds: ");
    }

    @ParameterizedTest
    @CsvSource({"0", "1000001", "-1"})
    void refusesRoundsOutOfRange(int wrong) {
        rounds = wrong;
        assertThat(refusal("rounds").detail()).contains(wrong + "", "1 to 1000000");
    }

    @ParameterizedTest
    @CsvSource({"0", "100000001"})
    void refusesADimensionOutOfRange(int wrong) {
        dimension = wrong;
        assertThat(refusal("dimension").detail()).contains(wrong + "", "1 to 100000000");
    }

    @Test
    void refusesADimensionThatContradictsTheTensors() {
        tensors = List.of(new TensorShape("x", List.of(9)));
        assertThat(refusal("dimension").detail()).contains("10", "9 values");
    }

    @Test
    void refusesTensorsWithoutNameOrShapeOrWithANameTwice() {
        dimension = null;
        tensors = List.of(new TensorShape("x", null));
        assertThat(refusal("tensors").detail()).contains("lacks its name or shape");
        tensors = List.of(new TensorShape("x", List.of(1)), new TensorShape("x", List.of(2)));
        assertThat(refusal("tensors").detail()).contains("'x'");
        tensors = List.of(new TensorShape("__metadata__", List.of(1)));
        assertThat(refusal("tensors").detail()).contains("__metadata__");
        tensors = List.of();
        assertThat(refusal("tensors").detail()).contains("at least one tensor");
        tensors = List.of(new TensorShape("x", List.of(0)));
        assertThat(refusal("tensors").detail()).contains("length 0");
    }

    @Test
    void refusesUnknownAlgorithmsAndCompressorsByField() {
        algorithm = "adam";
        assertThat(refusal("algorithm").detail()).contains("'adam'", "ef21-norm");
        algorithm = "ef21-norm";
        compressor = "top-k:11";
        assertThat(refusal("compressor").detail()).contains("11");
        compressor = "zip";
        assertThat(refusal("compressor").detail()).contains("zip");
        compressor = null;
        gamma = "fast";
        eta = "slow";
        step = "leap";
        assertThat(refusal("step").detail()).contains("step: ", "gamma: ", "eta: ");
    }

    @Test
    void refusesAPlainStepWithoutAStepSize() {
        algorithm = "ef21";
        assertThat(refusal("gamma").detail()).contains("give gamma, or the smoothness");
        smoothness = -1.0;
        assertThat(refusal("smoothness").detail()).contains("-1.0");
    }

    @Test
    void refusesParticipantsAndTimesOutOfRange() {
        participants = new Participants(0, null);
        assertThat(refusal("participants.min").detail()).contains("1 to 1000000");
        participants = new Participants(3, 2);
        assertThat(refusal("participants.max").detail()).contains("at least participants.min, which is 3");
        participants = null;
        time = new TimeLimits(Duration.ofSeconds(10), Duration.ofSeconds(5));
        assertThat(refusal("time.min").detail()).contains("PT5S");
        time = new TimeLimits(null, Duration.ZERO);
        assertThat(refusal("time.max").detail()).contains("PT0.1S");
    }

    @ParameterizedTest
    @CsvSource({"0", "1.01", "-0.5", "NaN"})
    void refusesASamplingOutOfRange(double wrong) {
        sampling = wrong;
        assertThat(refusal("sampling").detail()).contains(wrong + "", "above 0 and at most 1");
    }

    @Test
    void refusesAStalenessOutOfRange() {
        staleness = -1;
        assertThat(refusal("staleness").detail()).contains("-1", "0 to 1000");
    }

    @Test
    void refusesAPriorityOutOfRange() {
        priority = 1001;
        assertThat(refusal("priority").detail()).contains("1001", "-1000 to 1000");
        priority = -1000;
        assertThat(plan().definition().priority()).isEqualTo(-1000);
    }

    @Test
    void fillsInTheDefaultsOfStopConditions() {
        stop = new Stop(
                List.of("accuracy>=0.95"),
                new Patience(50, null, null, null),
                null,
                Duration.ofHours(2),
                new Divergence(10.0, null));
        Stop resolved = plan().definition().stop();

        assertThat(resolved)
                .isEqualTo(new Stop(
                        List.of("accuracy >= 0.95"),
                        new Patience(50, "loss", "min", 0.0),
                        null,
                        Duration.ofHours(2),
                        new Divergence(10.0, 1)));
        stop = new Stop(List.of(), null, null, null, null);
        assertThat(plan().definition().stop()).isNull();
    }

    @Test
    void refusesEachStopConditionThatIsWrong() {
        stop = new Stop(
                List.of("accuracy = 1"),
                new Patience(0, "Loss!", "least", -1.0),
                0L,
                Duration.ZERO,
                new Divergence(null, 0));
        ProblemException refusal = refusal("stop.maxBytes");
        assertThat(refusal.detail())
                .contains(
                        "stop.targets: is 'accuracy = 1', expected a metric, <= or >=",
                        "stop.patience.rounds: is 0",
                        "stop.patience.metric: is 'Loss!'",
                        "stop.patience.goal: is 'least'",
                        "stop.patience.minDelta: is -1.0",
                        "stop.maxTime: is PT0S",
                        "stop.divergence.loss: is missing",
                        "stop.divergence.rounds: is 0");
    }

    @Test
    void computesTheNoiseFromATargetAndStaysTheSameWhenItIsReadAgain() {
        privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(8.0, 1e-6, null), null);
        ValidatedPlan plan = plan();

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
        privacy = new Privacy("device", "device", "clip", 0.5, 20.0, null, new PrivacyBudget(null, 1e-6));
        PrivacyTerms terms = Objects.requireNonNull(plan().privacy());
        assertThat(terms.mechanism()).hasToString("clip:0.5:20.0");
        assertThat(terms.maxMessages()).isEqualTo(Integer.MAX_VALUE);

        privacy = new Privacy(null, null, "clip", 0.5, 20.0, null, null);
        assertThat(refusal("privacy.budget.delta").detail()).contains("is missing, expected a probability");
    }

    @Test
    void refusesWhatWouldTellAboutTheData() {
        privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(8.0, 1e-6, null), null);
        compressor = "top-k:0.1";
        assertThat(refusal("compressor").detail()).contains("tells about the data");
        compressor = "rand-k:0.5+bf16";
        assertThat(refusal("compressor").detail()).contains("must travel exactly");
        compressor = "rand-k:0.5";
        assertThat(plan().compressor().spec()).hasToString("rand-k:0.5");
        algorithm = "ef14";
        gamma = "0.1";
        assertThat(refusal("algorithm").detail()).contains("without limit");
        algorithm = "ef21-distance";
        assertThat(refusal("step").detail()).contains("needs the devices' losses");
        algorithm = "ef21-adaptive";
        gamma = null;
        assertThat(refusal("step").detail()).contains("needs the devices' losses");
        algorithm = "ef21-norm";
        weights = new Weights(1.0, 2.0);
        assertThat(refusal("weights").detail()).contains("each device has the weight 1");
        weights = null;
        stop = new Stop(List.of("loss <= 1"), null, null, null, null);
        assertThat(refusal("stop").detail()).contains("devices report no loss");
        stop = new Stop(null, null, 1000L, null, null);
        assertThat(plan().privacy()).isNotNull();
        algorithm = "ef21";
        gamma = null;
        smoothness = 1.0;
        assertThat(refusal("gamma").detail()).contains("no contraction factor");
    }

    @Test
    void refusesEachWrongFieldOfPrivacy() {
        privacy = new Privacy(
                "sample", "server", "round", null, null, new PrivacyTarget(0.0, 2.0, 0), new PrivacyBudget(-1.0, null));
        assertThat(refusal("privacy.unit").detail())
                .contains(
                        "privacy.unit: is 'sample', expected device",
                        "privacy.by: is 'server', expected device or coordinator",
                        "privacy.normalization: 'round' is not a normalization",
                        "privacy.target.epsilon: is 0.0",
                        "privacy.target.delta: is 2.0",
                        "privacy.target.rounds: is 0",
                        "privacy.budget.epsilon: is -1.0",
                        "privacy.budget.delta: is missing");
        privacy = new Privacy(null, null, null, null, null, null, new PrivacyBudget(1.0, 1e-6));
        assertThat(refusal("privacy.noiseMultiplier").detail()).contains("or else privacy.target");
        privacy = new Privacy(null, null, null, null, 1.0, null, new PrivacyBudget(1.0, 1e-6));
        assertThat(refusal("privacy.budget.epsilon").detail()).contains("one message costs");
        privacy = new Privacy(null, null, null, null, 1.0, new PrivacyTarget(1.0, 1e-6, 10), null);
        assertThat(refusal("privacy.noiseMultiplier").detail()).contains("give one of the two");
        privacy = new Privacy(null, null, null, null, null, new PrivacyTarget(1e-9, 1e-9, 1000), null);
        assertThat(refusal("privacy.target").detail()).contains("plan fewer rounds");
        privacy = new Privacy(null, null, null, 0.0, 1.0, null, new PrivacyBudget(null, 1e-6));
        assertThat(refusal("privacy.noiseMultiplier").detail()).contains("the bound is 0.0");
    }

    @Test
    void tellsDevicesTheDownlinksCompressor() {
        algorithm = "ef21-fedadam";
        assertThat(plan().hasUpdates()).isFalse();

        downlink = new LossyDownlink("top-k:0.10+natural");

        assertThat(plan().definition().downlink()).isEqualTo(new LossyDownlink("top-k:0.1+natural"));
        assertThat(PlanView.of(plan(), RoundRules.of(plan().definition())).downlink())
                .isEqualTo(new LossyDownlink("top-k:0.1+natural"));
        assertThat(plan().hasUpdates()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "threshold:0.5,has no contraction factor",
        "top-k:11,only 10 coordinates",
        "top-q:1,top-q",
        ",is missing"
    })
    void refusesADownlinkWhoseCompressorDoesNotContractOrFit(@Nullable String compressor, String because) {
        downlink = new LossyDownlink(compressor);
        assertThat(refusal("downlink.compressor").detail()).contains(because);
    }

    @Test
    void readsTheBoundOfARobustSum() {
        assertThat(plan().robust()).isNull();
        robust = "clip:2.0";
        assertThat(plan().robust()).isEqualTo(new NormClipping(2));
        assertThat(plan().definition().robust()).isEqualTo("clip:2");
        assertThat(RoundRules.of(plan().definition()).limited(1e12)).isEqualTo(1);
        weights = new Weights(0.5, null);
        assertThat(plan().definition().weights()).isEqualTo(new Weights(0.5, 1.0));
        weights = new Weights(null, 40.0);
        assertThat(RoundRules.of(plan().definition()).limited(1e12)).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource({
        "clip:0.5,ef21-norm,at least 1",
        "clip:x,ef21-norm,clip:2",
        "median,ef21-norm,clip:2",
        "trim:0.1,ef21-norm,trials alone",
        "clip:2,gd,begins with ef21",
        "clip:2,ef14,begins with ef21"
    })
    void refusesABoundThatCannotBeKept(String text, String preset, String because) {
        algorithm = preset;
        gamma = "0.1";
        robust = text;
        assertThat(refusal("robust").detail()).contains(because);
    }

    @Test
    void refusesABoundBesidePrivacyAndSecureAggregation() {
        algorithm = "ef21-norm";
        compressor = "identity";
        robust = "clip:2";
        privacy = new Privacy(null, null, null, null, 1.0, null, new PrivacyBudget(null, 1e-6));
        assertThat(refusal("robust").detail()).contains("with privacy", "leave one of the two out");
        privacy = null;
        secureAggregation = new RunDefinition.SecureAggregation(null, null, null, null, null, null);
        assertThat(catchThrowableOfType(ProblemException.class, this::plan).detail())
                .contains("robust: is 'clip:2', and with secureAggregation");
    }

    private ValidatedPlan plan() {
        return ValidatedPlan.of(new RunDefinition(
                name,
                tensors,
                dimension,
                algorithm,
                compressor,
                rounds,
                gamma,
                eta,
                step,
                smoothness,
                null,
                participants,
                time,
                sampling,
                staleness,
                stop,
                null,
                null,
                weights,
                null,
                priority,
                privacy,
                downlink,
                secureAggregation,
                robust));
    }

    private ProblemException refusal(String field) {
        ProblemException refusal = catchThrowableOfType(ProblemException.class, this::plan);
        assertThat(refusal.problem()).isEqualTo(ProblemKind.INVALID);
        assertThat(refusal.members()).containsEntry("field", field);
        return refusal;
    }
}
