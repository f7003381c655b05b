package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.definition.DefinitionReader;
import io.evenkeel.coordinator.platform.http.MergePatch;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Creates the definition of an arm's run from the common definition, the arm's patch, a name, and the arm's devices. Thread-safe. */
@Component
class ArmDefinitions {

    private final JsonMapper json;
    private final DefinitionReader definitions;

    ArmDefinitions(JsonMapper json, DefinitionReader definitions) {
        this.json = json;
        this.definitions = definitions;
    }

    /**
     * Rejects fields that the experiment sets itself.
     *
     * @throws ProblemException {@code invalid}
     */
    void requireFree(ExperimentRequest request) {
        ObjectNode definition = request.definition();
        requireAbsent(
                "definition.name", definition.has("name"), "an arm's run is named after the experiment and the arm");
        requireAbsent(
                "definition.devices.part",
                definition.path("devices").has("part"),
                "the experiment divides the devices by share, assignment and seed");
        requireAbsent(
                "definition.devices.crossover",
                definition.path("devices").has("crossover"),
                "the experiment sets it from assignment, block and seed");
        requireAbsent(
                "definition.devices.join",
                request.selector() != null && definition.path("devices").has("join"),
                "the experiment's selector serves the same purpose");
        request.arms().forEach((arm, patch) -> {
            requireAbsent(
                    "arms." + arm + ".name", patch.has("name"), "the run is named after the experiment and the arm");
            requireAbsent(
                    "arms." + arm + ".devices", patch.has("devices"), "arms with other devices could not be compared");
        });
    }

    private static void requireAbsent(String field, boolean present, String why) {
        if (present) {
            throw ProblemKind.INVALID
                    .because(field + ": is given, but " + why, "leave it out")
                    .with("field", field);
        }
    }

    /**
     * Returns the definition of an arm's run.
     *
     * @param part the devices that may join it
     * @param turns the turns that the devices take; null if each device is in one arm
     * @throws ProblemException {@code invalid}, with the arm and every field that is wrong
     */
    RunDefinition of(
            ExperimentRequest request,
            FleetExperiment.Arm arm,
            RunDefinition.Part part,
            RunDefinition.@Nullable Crossover turns) {
        ObjectNode definition = request.definition().deepCopy();
        MergePatch.apply(definition, arm.patch());
        definition.put("name", arm.run());
        ObjectNode devices = definition.withObject("devices");
        if (request.selector() != null) {
            devices.put("join", request.selector());
        }
        devices.set("part", json.valueToTree(part));
        if (turns != null) {
            devices.set("crossover", json.valueToTree(turns));
        }
        try {
            return ValidatedPlan.of(definitions.read(definition)).definition();
        } catch (ProblemException e) {
            throw inArm(arm.name(), e);
        }
    }

    private static ProblemException inArm(String arm, ProblemException refusal) {
        ProblemException told = refusal.problem().because("arm '" + arm + "': " + refusal.detail(), refusal.action());
        refusal.members().forEach(told::with);
        return told.with("arm", arm);
    }

    /** Returns the arms of a request in order, with the names of their runs. */
    static List<FleetExperiment.Arm> arms(ExperimentRequest request) {
        return request.arms().entrySet().stream()
                .map(arm -> new FleetExperiment.Arm(arm.getKey(), request.name() + "-" + arm.getKey(), arm.getValue()))
                .toList();
    }
}
