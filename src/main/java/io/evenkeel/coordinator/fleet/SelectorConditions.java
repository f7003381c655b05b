package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.DeviceSelector;
import io.evenkeel.engine.selection.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Translates selectors to conditions on the profiles of devices. A profile has few values, and a million
 * devices share a few thousand profiles, so the database first finds the profiles and then the devices.
 */
final class SelectorConditions {

    private SelectorConditions() {}

    /**
     * Returns the condition for devices that a selector chooses.
     *
     * @param profile the column with the key of a device's profile
     */
    static SqlCondition of(String profile, DeviceSelector selector) {
        if (selector.isEmpty()) {
            return SqlCondition.ALWAYS;
        }
        SqlCondition profiles = profiles(selector);
        return new SqlCondition(profile + " IN (" + profiles.text() + ")", profiles.parameters());
    }

    /** Returns a query for the keys of the profiles that a selector chooses; without requirements, for all keys. */
    static SqlCondition profiles(DeviceSelector selector) {
        List<SqlCondition> all = new ArrayList<>();
        List<Requirement> requirements = selector.requirements();
        for (int i = 0; i < requirements.size(); i++) {
            all.add(requirements.get(i).accept(new Translation(i)));
        }
        SqlCondition condition = SqlCondition.all(all);
        return new SqlCondition("SELECT p.id FROM profile p WHERE " + condition.text(), condition.parameters());
    }

    /** Translates a requirement; its number makes the names of its parameters unique. */
    private record Translation(int number) implements Requirement.Visitor<SqlCondition> {

        @Override
        public SqlCondition in(Requirement.In in) {
            return value("EXISTS", in.key(), texts(in.values()));
        }

        @Override
        public SqlCondition notIn(Requirement.NotIn notIn) {
            return value("NOT EXISTS", notIn.key(), texts(notIn.values()));
        }

        @Override
        public SqlCondition exists(Requirement.Exists exists) {
            return value("EXISTS", exists.key(), SqlCondition.ALWAYS);
        }

        @Override
        public SqlCondition missing(Requirement.Missing missing) {
            return value("NOT EXISTS", missing.key(), SqlCondition.ALWAYS);
        }

        @Override
        public SqlCondition compared(Requirement.Compared compared) {
            return value(
                    "EXISTS",
                    compared.key(),
                    SqlCondition.of(
                            "v.version " + compared.operator().text() + " :bound" + number,
                            "bound" + number,
                            compared.bound().sortKey()));
        }

        private SqlCondition texts(Set<String> values) {
            return SqlCondition.of("v.text IN (:values" + number + ")", "values" + number, values);
        }

        private SqlCondition value(String exists, String key, SqlCondition condition) {
            SqlCondition both = SqlCondition.all(
                    List.of(SqlCondition.of("v.name = :key" + number, "key" + number, key), condition));
            return new SqlCondition(
                    exists + " (SELECT 1 FROM profile_value v WHERE v.profile_id = p.id AND " + both.text() + ")",
                    both.parameters());
        }
    }
}
