package io.evenkeel.engine.definition;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A field of a {@link RunDefinition}, and whether it may change while the run is active. Every component that is not
 * {@link Fixed} may change.
 *
 * <p>A changeable field takes effect through {@link RoundRules}. It must affect neither the devices' computation nor
 * the step, because messages sent before the change still count.
 *
 * @param text the name in JSON
 * @param fixedBecause the reason why the field cannot change; empty if it can
 */
public record DefinitionField(String text, Optional<String> fixedBecause) {

    public static final String TENSORS = "tensors";

    private static final Map<String, DefinitionField> ALL = Collections.unmodifiableMap(Arrays.stream(
                    RunDefinition.class.getRecordComponents())
            .map(DefinitionField::of)
            .collect(Collectors.toMap(DefinitionField::text, Function.identity(), (a, b) -> a, LinkedHashMap::new)));

    /** Marks a component of a definition that cannot change while the run is active. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    public @interface Fixed {

        /** Returns the reason, which completes "cannot change: ". */
        String value();
    }

    /** The minimum and the maximum of an integer. */
    public record Bounds(long min, long max) {}

    /**
     * Returns the bounds of the component at a path such as {@code participants.min}, which {@link Min} and
     * {@link Max} declare.
     */
    public static Bounds bounds(String path) {
        try {
            Class<?> type = RunDefinition.class;
            long min = Long.MIN_VALUE;
            long max = Long.MAX_VALUE;
            for (String name : path.split("\\.", -1)) {
                Method component = type.getMethod(name);
                Min least = component.getAnnotation(Min.class);
                min = least == null ? min : least.value();
                Max most = component.getAnnotation(Max.class);
                max = most == null ? max : most.value();
                type = component.getReturnType();
            }
            return new Bounds(min, max);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("a definition has no field " + path, e);
        }
    }

    /** Returns all fields in the order of the definition. */
    public static Collection<DefinitionField> all() {
        return ALL.values();
    }

    /** Returns the field that contains a path such as {@code participants.min}. */
    public static Optional<DefinitionField> of(String path) {
        return Optional.ofNullable(ALL.get(path.contains(".") ? path.substring(0, path.indexOf('.')) : path));
    }

    private static DefinitionField of(RecordComponent component) {
        return new DefinitionField(
                component.getName(),
                Optional.ofNullable(component.getAnnotation(Fixed.class)).map(Fixed::value));
    }

    /** Returns the reason why the field cannot change in a run with a definition; empty if it can. */
    public Optional<String> fixedBecause(RunDefinition definition) {
        return text.equals("participants") && definition.secureAggregation() != null
                ? Optional.of("devices use it to check the size of cohorts, and it limits the range of the sum")
                : fixedBecause;
    }

    /** Returns whether the field is only information for readers, which can change after the run's end. */
    public boolean isNote() {
        return text.equals("description") || text.equals("tags");
    }
}
