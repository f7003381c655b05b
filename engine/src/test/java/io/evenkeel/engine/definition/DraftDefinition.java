package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.engine.definition.RunDefinition.LossyDownlink;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.Privacy;
import io.evenkeel.engine.definition.RunDefinition.TensorShape;
import io.evenkeel.engine.definition.RunDefinition.TimeLimits;
import io.evenkeel.engine.definition.RunDefinition.Weights;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A run's definition that a test changes field by field. */
final class DraftDefinition {

    @Nullable
    String name = "a-run";

    @Nullable
    List<TensorShape> tensors;

    @Nullable
    Integer dimension = 10;

    @Nullable
    String algorithm = "ef21-norm";

    @Nullable
    String compressor;

    @Nullable
    Integer rounds = 100;

    @Nullable
    Integer localSteps;

    @Nullable
    String gamma;

    @Nullable
    String eta;

    @Nullable
    String step;

    @Nullable
    Double smoothness;

    @Nullable
    Participants participants;

    @Nullable
    TimeLimits time;

    @Nullable
    Double sampling;

    @Nullable
    Integer staleness;

    @Nullable
    Stop stop;

    RunDefinition.@Nullable Devices devices;

    @Nullable
    Integer priority;

    @Nullable
    Weights weights;

    @Nullable
    Privacy privacy;

    @Nullable
    LossyDownlink downlink;

    RunDefinition.@Nullable SecureAggregation secureAggregation;

    @Nullable
    String robust;

    @Nullable
    String description;

    @Nullable
    List<String> tags;

    ValidatedPlan plan() {
        return ValidatedPlan.of(new RunDefinition(
                name,
                tensors,
                dimension,
                algorithm,
                compressor,
                rounds,
                localSteps,
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
                devices,
                priority,
                privacy,
                downlink,
                secureAggregation,
                robust,
                description,
                tags));
    }

    /** Asserts that the definition is refused because of a field. */
    ProblemException refusal(String field) {
        ProblemException refusal = catchThrowableOfType(ProblemException.class, this::plan);
        assertThat(refusal.problem()).isEqualTo(ProblemKind.INVALID);
        assertThat(refusal.members()).containsEntry("field", field);
        return refusal;
    }

    /** Sets the stop conditions from JSON. */
    void stop(String json) {
        stop = new JsonMapper().readValue(json, Stop.class);
    }
}
