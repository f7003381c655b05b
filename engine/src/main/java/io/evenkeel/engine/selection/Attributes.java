package io.evenkeel.engine.selection;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values that describe a device, sorted by key; see {@link AttributeSyntax}. Devices report attributes, and
 * operators set labels. Immutable.
 *
 * @param values the values by key
 */
public record Attributes(SortedMap<String, String> values) {

    /** The maximum number of attributes, and of labels, of a device. */
    public static final int MAX_COUNT = 32;

    /** Enough bytes for the JSON of 32 attributes of maximum length. */
    public static final long LARGEST_JSON = 16_384;

    /** The prefix of keys that only operators set, so that no device can claim them. */
    public static final String OPERATOR_PREFIX = "operator/";

    /** No attributes. */
    public static final Attributes NONE = new Attributes(new TreeMap<>());

    /** Copies the values. */
    public Attributes {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    }

    /**
     * Checks the attributes that a device reports.
     *
     * @param field the field of the request
     * @throws ProblemException {@code invalid}, with the key and what is wrong
     */
    public static Attributes reported(String field, Map<String, @Nullable String> values) {
        values.keySet().stream()
                .filter(key -> key.startsWith(OPERATOR_PREFIX))
                .findFirst()
                .ifPresent(key -> {
                    throw refusal(
                            field,
                            key,
                            "has the prefix " + OPERATOR_PREFIX + ", which is reserved for operators' labels");
                });
        return checked(field, values);
    }

    /**
     * Checks keys and values.
     *
     * @param field the field of the request
     * @throws ProblemException {@code invalid}, with the key and what is wrong
     */
    public static Attributes checked(String field, Map<String, @Nullable String> values) {
        if (values.size() > MAX_COUNT) {
            throw ProblemKind.INVALID
                    .because(
                            field + ": there are " + values.size() + ", expected at most " + MAX_COUNT,
                            "leave some out")
                    .with("field", field);
        }
        TreeMap<String, String> checked = new TreeMap<>();
        values.forEach((key, value) -> {
            AttributeSyntax.faultInKey(key).ifPresent(fault -> {
                throw refusal(field, key, fault);
            });
            if (value == null) {
                throw refusal(field, key, "has no value, expected a string, which may be empty");
            }
            AttributeSyntax.faultInValue(value).ifPresent(fault -> {
                throw refusal(field, key, "has the value " + DisplayText.echo(value) + ", which " + fault);
            });
            checked.put(key, value);
        });
        return new Attributes(checked);
    }

    private static ProblemException refusal(String field, String key, String fault) {
        return ProblemKind.INVALID
                .because(
                        field + ": key " + DisplayText.echo(key) + " " + fault, "correct it and send the request again")
                .with("field", field)
                .with("key", key);
    }

    /** Returns a copy with some values added, replaced or, if they are null, removed. */
    public Map<String, @Nullable String> patched(Map<String, @Nullable String> changes) {
        Map<String, @Nullable String> patched = new TreeMap<>(values);
        changes.forEach((key, value) -> {
            if (value == null) {
                patched.remove(key);
            } else {
                patched.put(key, value);
            }
        });
        return patched;
    }

    /**
     * Returns the attributes and labels that selectors see: these, with labels replacing attributes with the
     * same key.
     */
    public Attributes with(Attributes labels) {
        TreeMap<String, String> all = new TreeMap<>(values);
        all.putAll(labels.values);
        return new Attributes(all);
    }

    /** Returns a value, or null if there is none. */
    public @Nullable String get(String key) {
        return values.get(key);
    }

    /** Returns whether there are none. */
    public boolean isEmpty() {
        return values.isEmpty();
    }
}
