package io.evenkeel.trial.fleet;

import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.text.DurationText;
import java.time.Duration;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reads a run's definition and checks it by the engine's rules, without a coordinator. */
public final class DefinitionReading {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationValue()))
            .build();

    private DefinitionReading() {}

    /**
     * Reads a definition that can be simulated.
     *
     * @throws ProblemException {@code invalid}, with the fields that are wrong
     */
    public static ValidatedPlan read(JsonNode document) {
        FieldErrors errors = new FieldErrors();
        try {
            ValidatedPlan plan = ValidatedPlan.of(JSON.treeToValue(document, RunDefinition.class));
            errors.require(
                    plan.secureAggregation() == null,
                    "secureAggregation",
                    () -> "the steps of a cohort are not simulated: leave it out to simulate the rounds without them");
            errors.require(
                    plan.devices().turns() == null,
                    "devices.crossover",
                    () -> "the arms of an experiment are not simulated: leave it out");
            errors.require(
                    !plan.followsUpstream(), "step", () -> "a run that follows another coordinator is not simulated");
            if (!errors.isEmpty()) {
                throw errors.toProblem();
            }
            return plan;
        } catch (JacksonException e) {
            String field = e.getPath().stream()
                    .map(step ->
                            step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                    .collect(Collectors.joining());
            errors.add(field.startsWith(".") ? field.substring(1) : field, e.getOriginalMessage());
            throw errors.toProblem();
        }
    }

    private static final class DurationValue extends ValueDeserializer<Duration> {

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) {
            String text = json.getString();
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw context.weirdStringException(text, Duration.class, e.getMessage());
            }
        }
    }
}
