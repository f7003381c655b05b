package io.evenkeel.engine.selection;

import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Chooses devices by their attributes and labels, in the syntax of Kubernetes' label selectors: requirements separated
 * by commas, all of which a device must meet. {@code =}, {@code ==}, {@code !=}, {@code in}, {@code notin}, {@code key}
 * and {@code !key} have the same meaning as in Kubernetes: {@code !=} and {@code notin} also choose devices without the
 * key. {@code <}, {@code <=}, {@code >} and {@code >=} compare numbers and versions, and choose no device whose value
 * is neither. Immutable.
 *
 * @param requirements the requirements, none for every device
 */
public record DeviceSelector(List<Requirement> requirements) {

    /** The maximum length of a selector. */
    public static final int MAX_LENGTH = 2_000;

    /**
     * The maximum number of requirements: each costs a lookup for each combination of attributes, and a
     * device has at most 32 attributes.
     */
    public static final int MAX_REQUIREMENTS = 32;

    /** Chooses every device. */
    public static final DeviceSelector ALL = new DeviceSelector(List.of());

    /** Copies the requirements. */
    public DeviceSelector {
        requirements = List.copyOf(requirements);
    }

    /**
     * Parses a text such as {@code region in (eu,us),app-version>=3.2}.
     *
     * @throws SelectorSyntaxException with the position of the error, and what was expected there
     */
    public static DeviceSelector parse(String text) {
        return new SelectorParser(text).parse();
    }

    /**
     * Parses the query parameter {@code selector}.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code malformed}, with the position
     */
    public static DeviceSelector ofParameter(String text) {
        try {
            return parse(text);
        } catch (SelectorSyntaxException e) {
            throw ProblemKind.MALFORMED
                    .because(
                            "parameter 'selector': " + e.getMessage(),
                            "correct the selector; it has the syntax of Kubernetes' label selectors")
                    .with("field", "selector")
                    .with("position", e.position());
        }
    }

    /** Returns whether a device with these attributes meets all requirements. */
    public boolean matches(Attributes attributes) {
        return requirements.stream().allMatch(requirement -> requirement.matches(attributes));
    }

    /** Returns whether it chooses every device. */
    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    /** Returns a text that {@link #parse} turns into the same selector. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }
}
