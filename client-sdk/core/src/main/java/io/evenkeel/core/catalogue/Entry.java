package io.evenkeel.core.catalogue;

import java.util.List;

/**
 * Describes a named method for the catalogue.
 *
 * @param name the permanent name, since configurations contain it
 * @param summary one sentence
 * @param parameters in the order in which the text {@code name:a:b} lists them; for an algorithm, the
 *     definition fields for which it has defaults
 * @param needs its requirements beyond one gradient per message
 * @param excludes the parts of a definition that it cannot be combined with
 */
public record Entry(String name, String summary, List<Parameter> parameters, List<Need> needs, List<Feature> excludes) {

    /** Copies the lists. */
    public Entry {
        parameters = List.copyOf(parameters);
        needs = List.copyOf(needs);
        excludes = List.copyOf(excludes);
    }

    /** Returns the entry of a method without requirements or exclusions. */
    public static Entry of(String name, String summary, Parameter... parameters) {
        return new Entry(name, summary, List.of(parameters), List.of(), List.of());
    }

    /** Returns a copy with requirements. */
    public Entry needing(Need... others) {
        return new Entry(name, summary, parameters, List.of(others), excludes);
    }

    /** Returns a copy with exclusions. */
    public Entry excluding(Feature... others) {
        return new Entry(name, summary, parameters, needs, List.of(others));
    }

    /** Returns whether the method can be combined with a part of a definition. */
    public boolean suits(Feature feature) {
        return !excludes.contains(feature);
    }

    /** Returns the text with the names of its parameters, such as {@code block-top-k:<length>:<amount>}. */
    public String form() {
        StringBuilder form = new StringBuilder(name);
        parameters.forEach(
                parameter -> form.append(":<").append(parameter.name()).append('>'));
        return form.toString();
    }

    /**
     * Checks the numeric parameters.
     *
     * @param values one for each parameter
     * @throws IllegalArgumentException if a value is out of range; the message names the first such parameter
     *     and the expected range
     */
    public void require(double... values) {
        for (int i = 0; i < values.length; i++) {
            parameters.get(i).require(name, values[i]);
        }
    }
}
