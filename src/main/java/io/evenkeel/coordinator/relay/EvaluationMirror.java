package io.evenkeel.coordinator.relay;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.ProblemType;
import io.evenkeel.coordinator.evaluation.SiteEvaluations;
import io.evenkeel.engine.evaluation.SiteResult;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * Passes evaluations from the upstream coordinator to the devices of this site, and sends their combined results back.
 * Ignores evaluations of models that this relay does not mirror.
 *
 * <p>Determines each step from the database and the upstream coordinator, so a step can be repeated after a crash. Used
 * by one thread.
 */
@Component
class EvaluationMirror {

    private static final String NAME = "[a-z0-9-]{1,64}";

    private final RelaySettings settings;
    private final ModelMirror models;
    private final SiteEvaluations evaluations;

    /** The results that the upstream coordinator already has, by evaluation. They are not sent again. */
    private final Map<String, SiteResult> sent = new HashMap<>();

    EvaluationMirror(RelaySettings settings, ModelMirror models, SiteEvaluations evaluations) {
        this.settings = settings;
        this.models = models;
        this.evaluations = evaluations;
    }

    /** An open upstream evaluation. */
    private record Asked(String name, String model, int version, Instant deadline) {}

    /**
     * Performs the steps that are due.
     *
     * @param downloads the folder for files that are downloaded in parts
     */
    void follow(UpstreamRequests above, Path downloads) throws IOException, InterruptedException {
        JsonNode work = above.work(UpstreamRequests.MAX_WORK).path("work");
        Set<String> mirrored =
                settings.models().stream().map(text -> text.split("@", 2)[0]).collect(Collectors.toSet());
        Set<String> open = new HashSet<>();
        for (JsonNode item : work) {
            JsonNode details = item.path("details");
            String name = details.path("evaluation").asString("");
            String model = details.path("model").asString("");
            int version = details.path("version").asInt(0);
            if (item.path("kind").asString("").equals("evaluate") && name.matches(NAME)) {
                open.add(name);
                if (mirrored.contains(model) && version > 0) {
                    answer(new Asked(name, model, version, deadline(item)), above, downloads);
                }
            }
        }
        if (work.size() < UpstreamRequests.MAX_WORK) {
            evaluations.open().stream().filter(name -> !open.contains(name)).forEach(evaluations::cancel);
        }
        sent.keySet().retainAll(open);
    }

    private static Instant deadline(JsonNode item) {
        String text = item.path("deadline").asString("");
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "the deadline of an evaluation above is '" + text + "', expected a time", e);
        }
    }

    private void answer(Asked asked, UpstreamRequests above, Path downloads) throws IOException, InterruptedException {
        SiteResult result;
        try {
            models.register(asked.model(), asked.version(), above, downloads);
            evaluations.create(
                    asked.name(), asked.model(), asked.version(), asked.deadline(), settings.evaluationMin());
            result = evaluations.result(asked.name());
        } catch (ProblemException e) {
            result = SiteResult.refused(e.detail());
        }
        if (!result.equals(sent.get(asked.name()))) {
            send(asked.name(), result, above);
        }
    }

    private void send(String name, SiteResult result, UpstreamRequests above) throws IOException, InterruptedException {
        Map<String, Object> site = new LinkedHashMap<>();
        site.put("devices", result.devices());
        if (result.reason() != null) {
            site.put("reason", result.reason());
        }
        site.put("metrics", result.metrics());
        try {
            above.result(name, Map.of("site", site));
            sent.put(name, result);
        } catch (CoordinatorException e) {
            ProblemType type = e.problem().type();
            if (type != ProblemType.EVALUATION_CLOSED && type != ProblemType.EVALUATION_NOT_FOUND) {
                throw e;
            }
            // The evaluation is over, and the next check-in will not contain it.
        }
    }
}
