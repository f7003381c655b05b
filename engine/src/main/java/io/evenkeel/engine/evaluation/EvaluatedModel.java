package io.evenkeel.engine.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The model that an evaluation measures: a version of a registered model, or the model of a run's round.
 *
 * @param model the registered model; null for the model of a round
 * @param version its version
 * @param run the run of the round, or the run that the version comes from; null if the version was uploaded
 * @param round the round whose model it is; null for a version of a registered model
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluatedModel(
        @Nullable String model,
        @Nullable Integer version,
        @Nullable String run,
        @Nullable Integer round) {

    /** Returns the path from which devices download it. */
    @JsonIgnore
    public String path() {
        return model == null
                ? "/api/v1/runs/" + Objects.requireNonNull(run) + "/rounds/" + Objects.requireNonNull(round) + "/model"
                : "/api/v1/models/" + model + "/versions/" + Objects.requireNonNull(version);
    }
}
