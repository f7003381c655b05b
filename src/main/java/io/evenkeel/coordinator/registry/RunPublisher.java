package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.model.Downloads;
import io.evenkeel.coordinator.model.ModelForm;
import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.round.RoundRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Creates versions from runs' models. Thread-safe. */
@Component
class RunPublisher {

    private final PlanCache plans;
    private final Downloads downloads;
    private final RunHistories histories;
    private final RoundRecords records;
    private final ModelFiles files;
    private final ModelRegistry registry;
    private final JsonMapper json;

    RunPublisher(
            PlanCache plans,
            Downloads downloads,
            RunHistories histories,
            RoundRecords records,
            ModelFiles files,
            ModelRegistry registry,
            JsonMapper json) {
        this.plans = plans;
        this.downloads = downloads;
        this.histories = histories;
        this.records = records;
        this.files = files;
        this.registry = registry;
        this.json = json;
    }

    /**
     * Adds a version with the model x^round of a run.
     *
     * @param round the round's number, {@code latest} or {@code best}
     * @throws ProblemException {@code run-not-found}, {@code round-not-found}, {@code model-not-kept}, {@code not-acceptable} if the
     *     format cannot represent the model
     */
    ModelVersion publish(
            String model, String run, String round, FloatType type, Map<String, String> metadata, String who)
            throws IOException {
        PlanCache.Known known = plans.named(run);
        int number = downloads.round(known, round);
        Path file = downloads
                .model(
                        known,
                        new ModelName(number, histories.of(known.run(), number)),
                        new ModelForm(ModelFormat.SAFETENSORS, type))
                .prepare()
                .get()
                .file();
        return registry.publish(model, lineage(known, number), file, files.examine(file), metadata, who);
    }

    private Lineage lineage(PlanCache.Known known, int round) {
        RoundRecord before = records.find(known.run(), round - 1).orElse(null);
        // Devices report metrics of the model at which the round started.
        RoundRecord on = records.find(known.run(), round).orElse(null);
        return new Lineage(
                known.plan().name(),
                round,
                json.writeValueAsString(known.plan().definition()),
                before == null ? null : before.members(),
                on == null ? null : on.loss(),
                on == null ? null : json.writeValueAsString(on.metrics()));
    }
}
