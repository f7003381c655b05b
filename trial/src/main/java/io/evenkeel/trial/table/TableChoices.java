package io.evenkeel.trial.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The choices of a user about the columns of a table; the file determines the rest.
 *
 * @param label the label's column: its name, its number from 1, first or last; null for the last
 * @param client the column that identifies a sample's client, in the
 *     same form, which is then not a feature; null if there is none
 * @param roles number, category or drop, by the columns' names or numbers
 */
public record TableChoices(@Nullable String label, @Nullable String client, Map<String, String> roles) {

    public TableChoices {
        roles = Map.copyOf(roles);
    }
}
