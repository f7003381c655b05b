package io.evenkeel.client.internal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Identifies a model between device and coordinator. After the coordinator's database has been restored to an
 * earlier state, a round's number alone is ambiguous.
 *
 * @param round the number of its round, -1 for none
 * @param history the history of the run that led to it, as the task names it; null if it is not known
 */
public record ModelReference(int round, @Nullable String history) {

    /** Returns the reference to the model of a round with an unknown history. */
    public static ModelReference of(int round) {
        return new ModelReference(round, null);
    }

    /** Returns the parameter that names the history, to be appended to others; empty if it is not known. */
    String parameter() {
        return history == null ? "" : "&history=" + history;
    }
}
