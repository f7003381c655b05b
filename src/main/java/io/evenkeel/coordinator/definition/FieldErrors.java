package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the errors of a definition, so that one response names all of them. Not thread-safe. */
public final class FieldErrors {

    private final List<FieldError> errors = new ArrayList<>();

    /**
     * @param field the field's path, such as {@code participants.min}
     * @param message what it is and what was expected
     */
    record FieldError(String field, String message) {}

    public void require(boolean holds, String field, Supplier<String> detail) {
        if (!holds) {
            errors.add(new FieldError(field, detail.get()));
        }
    }

    /** Computes a field's value; an {@link IllegalArgumentException} becomes the field's error. */
    <T> @Nullable T parse(String field, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError(field, String.valueOf(e.getMessage())));
            return null;
        }
    }

    public boolean isEmpty() {
        return errors.isEmpty();
    }

    public ProblemException toProblem() {
        String detail = errors.stream()
                .map(error -> error.field() + ": " + error.message())
                .collect(Collectors.joining("; "));
        return ProblemKind.INVALID
                .because(
                        detail,
                        "correct " + (errors.size() == 1 ? "this field" : "these fields") + " and send it again")
                .with("field", errors.get(0).field())
                .with("errors", List.copyOf(errors));
    }
}
