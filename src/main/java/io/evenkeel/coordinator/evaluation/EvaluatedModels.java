package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.model.Downloads;
import io.evenkeel.coordinator.registry.PublishedVersions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.springframework.stereotype.Component;

/** Finds the model that a request refers to. Thread-safe. */
@Component
class EvaluatedModels {

    private final PublishedVersions versions;
    private final PlanCache plans;
    private final Downloads downloads;

    EvaluatedModels(PublishedVersions versions, PlanCache plans, Downloads downloads) {
        this.versions = versions;
        this.plans = plans;
        this.downloads = downloads;
    }

    /**
     * Returns the model to measure, with an alias or the newest round resolved to a number.
     *
     * @throws ProblemException {@code invalid}, {@code model-not-found}, {@code model-version-not-found}, {@code model-alias-not-found},
     *     {@code run-not-found}, {@code round-not-found}
     */
    EvaluatedModel resolve(EvaluationRequest request) {
        String model = request.model();
        String run = request.run();
        if (model != null && run == null && request.round() == null && request.version() != null) {
            PublishedVersions.Version version = versions.resolve(model, request.version());
            return new EvaluatedModel(model, version.number(), version.run(), null);
        }
        if (run != null && model == null && request.version() == null) {
            Integer round = request.round();
            int number = downloads.round(plans.named(run), round == null ? Downloads.LATEST : Integer.toString(round));
            return new EvaluatedModel(null, null, run, number);
        }
        throw ProblemKind.INVALID
                .because(
                        "model: expected either a registered model and its version, or a run and possibly a round",
                        "give \"model\" and \"version\", or \"run\" and \"round\"")
                .with("field", "model");
    }
}
