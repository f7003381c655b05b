package io.evenkeel.coordinator.platform.problem;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/** Describes the expected value in terms of JSON rather than Java. */
public final class ExpectedValue {

    private ExpectedValue() {}

    /** Describes the expected value of a type. */
    static String of(@Nullable Class<?> type) {
        if (type == null) {
            return "something else";
        }
        Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
        if (boxed.isEnum()) {
            return "one of "
                    + Arrays.stream(boxed.getEnumConstants())
                            .map(constant -> JsonMapper.shared().convertValue(constant, String.class))
                            .toList();
        }
        if (boxed == Integer.class) {
            return "an integer of at most " + Integer.MAX_VALUE;
        }
        if (boxed == Long.class) {
            return "a 64-bit integer";
        }
        if (Number.class.isAssignableFrom(boxed) || boxed == OptionalDouble.class) {
            return "a number";
        }
        if (boxed == Boolean.class) {
            return "true or false";
        }
        if (CharSequence.class.isAssignableFrom(boxed)) {
            return "text";
        }
        if (boxed == Duration.class) {
            return "a duration such as \"30s\", \"5m\" or \"PT1H\"";
        }
        if (boxed == Instant.class) {
            return "a time such as \"2026-01-31T12:00:00Z\"";
        }
        if (boxed.isArray() || Collection.class.isAssignableFrom(boxed)) {
            return "a list";
        }
        return BeanUtils.isSimpleValueType(boxed) ? "a " + boxed.getSimpleName() : "an object";
    }
}
