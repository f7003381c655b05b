package io.evenkeel.trial.fleet;

import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.text.DurationText;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reads a run's definition and checks it by the engine's rules, without a coordinator. */
public final class DefinitionReading {

    private static final JsonMapper JSON = JsonMapper.builder()
            // As strict as the coordinator's reader, so that a definition that the coordinator would refuse is not
            // simulated.
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
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
                    .collect(Collectors.joining())
                    .replaceFirst("^\\.", "");
            errors.add(field, fault(e));
            throw errors.toProblem();
        }
    }

    /** Describes an error in terms of the file; Jackson's message names classes. */
    private static String fault(JacksonException error) {
        if (error instanceof UnrecognizedPropertyException unknown) {
            return "is not a known field; the fields here are: " + fields(unknown.getKnownPropertyIds());
        }
        if (error.getCause() instanceof IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage());
        }
        if (error instanceof InvalidFormatException format) {
            return "is " + DisplayText.echo(format.getValue()) + ", expected " + expected(format.getTargetType());
        }
        Class<?> type = error instanceof MismatchedInputException mismatch
                ? mismatch.getTargetType()
                : error instanceof InputCoercionException coercion ? coercion.getTargetType() : null;
        return "is not " + expected(type);
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "a value of this field; 'evenkeel runs init' writes an example";
        }
        if (type.isRecord()) {
            return "an object; its fields are: "
                    + fields(Stream.of(type.getRecordComponents())
                            .map(RecordComponent::getName)
                            .toList());
        }
        if (type.isEnum()) {
            return "one of " + JSON.convertValue(type.getEnumConstants(), List.class);
        }
        return switch (MethodType.methodType(type).wrap().returnType().getSimpleName()) {
            case "Integer", "Long" ->
                "an integer of at most "
                        + (type == int.class || type == Integer.class ? Integer.MAX_VALUE : Long.MAX_VALUE);
            case "Double", "OptionalDouble" -> "a number";
            case "Boolean" -> "true or false";
            case "String" -> "text";
            case "Duration" -> "a duration such as 30s, 5m or PT1H";
            case "Map" -> "an object";
            default -> "a list";
        };
    }

    private static String fields(Collection<?> names) {
        return names.stream().map(String::valueOf).sorted().collect(Collectors.joining(", "));
    }

    private static final class DurationValue extends ValueDeserializer<Duration> {

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return (Duration) context.handleUnexpectedToken(Duration.class, json);
            }
            try {
                return DurationText.parse(json.getString());
            } catch (IllegalArgumentException e) {
                throw context.weirdStringException(json.getString(), Duration.class, "no duration");
            }
        }
    }
}
