package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the errors of a definition, so that one response names all of them. Not thread-safe. */
public final class FieldErrors {

    private final List<FieldError> errors = new ArrayList<>();
    private final Set<String> settled = new HashSet<>();
    private final Function<Set<String>, Map<String, Place>> places;

    /**
     * The position of a field in the request's text.
     *
     * @param line from 1
     * @param column from 1
     */
    public record Place(int line, int column) {}

    /**
     * A wrong field.
     *
     * @param field the field's path, such as {@code participants.min}
     * @param message the value and what was expected
     * @param line its line in the request's text, from 1; null if unknown
     * @param column as {@code line}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record FieldError(
            String field,
            String message,
            @Nullable Integer line,
            @Nullable Integer column) {

        public FieldError(String field, String message) {
            this(field, message, null, null);
        }

        private FieldError at(@Nullable Place place) {
            return place == null ? this : new FieldError(field, message, place.line(), place.column());
        }

        public String sentence() {
            return field + ": " + message + (line == null ? "" : " (line " + line + ", column " + column + ")");
        }
    }

    public FieldErrors() {
        this(fields -> Map.of());
    }

    /**
     * Creates an empty list for a submitted text.
     *
     * @param places finds the positions of fields in the text; called once, if there are errors
     */
    public FieldErrors(Function<Set<String>, Map<String, Place>> places) {
        this.places = places;
    }

    /** Adds an error. */
    public void add(String field, String message) {
        errors.add(new FieldError(field, message));
        settle(field);
    }

    /**
     * Suppresses further errors of a field and of the fields and lists that contain it: they would only be consequences
     * of an error already added.
     */
    public void settle(String field) {
        settled.add(field);
        for (int end = field.length() - 1; end > 0; end--) {
            if (field.charAt(end) == '.' || field.charAt(end) == '[') {
                settled.add(field.substring(0, end));
            }
        }
    }

    public void require(boolean holds, String field, Supplier<String> detail) {
        if (!holds && !settled.contains(field)) {
            errors.add(new FieldError(field, detail.get()));
        }
    }

    /** Requires an integer within the bounds that its component of the definition declares. */
    void requireInteger(String field, @Nullable Integer value) {
        DefinitionField.Bounds bounds = DefinitionField.bounds(field);
        require(
                value != null && value >= bounds.min() && value <= bounds.max(),
                field,
                () -> "is "
                        + (value == null ? "missing" : value) + ", expected an integer from " + bounds.min() + " to "
                        + bounds.max());
    }

    /** Computes a field's value; an {@link IllegalArgumentException} becomes the field's error. */
    <T> @Nullable T parse(String field, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            require(false, field, () -> String.valueOf(e.getMessage()));
            return null;
        }
    }

    public int count() {
        return errors.size();
    }

    public boolean isEmpty() {
        return errors.isEmpty();
    }

    public ProblemException toProblem() {
        Map<String, Place> found =
                places.apply(errors.stream().map(FieldError::field).collect(Collectors.toSet()));
        List<FieldError> placed = errors.stream()
                .map(error -> error.at(found.get(error.field())))
                .sorted(Comparator.comparing(FieldError::line, Comparator.nullsLast(Comparator.naturalOrder()))
                        .thenComparing(FieldError::column, Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
        FieldError first = placed.get(0);
        ProblemException refusal = ProblemKind.INVALID
                .because(
                        placed.stream().map(FieldError::sentence).collect(Collectors.joining("; ")),
                        "correct " + (errors.size() == 1 ? "this field" : "these fields") + " and send it again")
                .with("field", first.field())
                .with("errors", placed);
        return first.line() == null || first.column() == null
                ? refusal
                : refusal.with("line", first.line()).with("column", first.column());
    }
}
