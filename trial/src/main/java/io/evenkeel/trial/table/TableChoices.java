package io.evenkeel.trial.table;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user's choices about a table's columns; the rest follows from the file.
 *
 * @param label the label's column: its name, its number from 1, first or last; null for the last
 * @param client likewise the column whose values say which client a sample belongs to, no feature then; null for none
 * @param roles number, category or drop, by the columns' names or numbers
 */
public record TableChoices(@Nullable String label, @Nullable String client, Map<String, String> roles) {

    public TableChoices {
        roles = Map.copyOf(roles);
    }
}
