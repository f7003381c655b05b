package io.evenkeel.coordinator.selection;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A condition of a query, with the values of its named parameters.
 *
 * @param text the SQL
 * @param parameters the values by name
 */
public record SqlCondition(String text, Map<String, Object> parameters) {

    /** The condition that every row meets. */
    public static final SqlCondition ALWAYS = new SqlCondition("1 = 1", Map.of());

    /** Returns a condition with one parameter. */
    public static SqlCondition of(String text, String parameter, Object value) {
        return new SqlCondition(text, Map.of(parameter, value));
    }

    /** Returns the conjunction of conditions whose parameters have different names. */
    public static SqlCondition all(List<SqlCondition> conditions) {
        if (conditions.isEmpty()) {
            return ALWAYS;
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        conditions.forEach(condition -> parameters.putAll(condition.parameters));
        return new SqlCondition(
                conditions.stream().map(SqlCondition::text).collect(Collectors.joining(" AND ", "(", ")")), parameters);
    }
}
