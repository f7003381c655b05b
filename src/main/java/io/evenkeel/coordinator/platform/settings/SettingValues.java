package io.evenkeel.coordinator.platform.settings;

import io.evenkeel.coordinator.platform.problem.NearestName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Checks the values of settings by binding their records, and describes each error in one sentence. */
final class SettingValues {

    private static final int MAX_CAUSES = 32;

    private SettingValues() {}

    /**
     * Binds each record once, to check its values.
     *
     * @param records the records of settings by their prefixes
     * @throws WrongSettingsException with a sentence for each record that cannot be bound
     */
    static void require(ConfigurableEnvironment environment, Map<String, Class<?>> records) {
        Binder binder = Binder.get(environment);
        List<String> faults = new ArrayList<>();
        records.forEach((prefix, type) -> {
            try {
                Object unused = binder.bindOrCreate(prefix, Bindable.of(type));
            } catch (BindException e) {
                faults.add("  " + sentence(e));
            }
        });
        if (!faults.isEmpty()) {
            throw new WrongSettingsException(faults);
        }
    }

    private static String sentence(BindException failure) {
        ConfigurationProperty property = failure.getProperty();
        Optional<ConversionFailedException> conversion = cause(failure, ConversionFailedException.class);
        if (property != null && conversion.isPresent()) {
            Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(
                    conversion.get().getTargetType().getType());
            return property.getName() + " is " + property.getValue() + ", expected "
                    + expected(type, String.valueOf(property.getValue())) + place(property);
        }
        // The record's own check has thrown an exception with a message.
        return cause(failure, IllegalArgumentException.class)
                .map(Throwable::getMessage)
                .orElseGet(() -> failure.getName() + " cannot be used: " + root(failure));
    }

    private static String place(ConfigurationProperty property) {
        return property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
    }

    private static String expected(Class<?> type, String value) {
        if (type.isEnum()) {
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            String nearest = NearestName.to(value, names);
            return String.join(", ", names) + (nearest == null ? "" : ": did you mean " + nearest + "?");
        }
        if (type == Duration.class) {
            return "a time such as 500ms, 30s, 10m or 7d";
        }
        if (type == DataSize.class) {
            return "a size such as 500B, 64KB or 100MB";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type == Integer.class || type == Long.class) {
            long most = type == Integer.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
            return value.matches("-?[0-9]+") ? "an integer of at most " + most : "an integer";
        }
        return Number.class.isAssignableFrom(type) ? "a number" : "a value of type " + type.getSimpleName();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
