package io.evenkeel.trial.table;

import io.evenkeel.trial.source.DataException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the columns given by the user, and chooses the roles of the others by their content. */
final class ColumnRoles {

    /** The maximum number of distinct texts of a column that become features by default. */
    static final int USUAL_CATEGORIES = 1000;

    /** The maximum number of distinct values that may become features on request. */
    static final int MAX_CATEGORIES = 10_000;

    private static final double MOSTLY = 0.9;

    private final CsvFile file;
    private final int label;
    private final int client;
    private final Map<Integer, String> wanted = new LinkedHashMap<>();

    /**
     * Finds the given columns.
     *
     * @throws DataException if there is no such column, or one is given twice
     */
    ColumnRoles(CsvFile file, TableChoices choices) {
        this.file = file;
        this.label = choices.label() == null ? file.names().size() - 1 : find(choices.label(), "label");
        this.client = choices.client() == null ? -1 : find(choices.client(), "split");
        if (client == label) {
            throw new DataException(
                    file.path() + ": column '" + choices.client() + "' is both label and split: name two columns");
        }
        choices.roles().forEach((name, role) -> {
            int column = find(name, role);
            if (column == label || column == client) {
                throw new DataException(file.path() + ": column '" + name + "' is the "
                        + (column == label ? "label" : "split column") + " and cannot be '" + role + "' too");
            }
            wanted.put(column, role);
        });
    }

    private int find(String name, String what) {
        List<String> names = file.names();
        int named = names.indexOf(name);
        if (named >= 0) {
            return named;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if ("first".equals(lower) || "last".equals(lower)) {
            return "first".equals(lower) ? 0 : names.size() - 1;
        }
        try {
            int place = Integer.parseInt(name);
            if (place >= 1 && place <= names.size()) {
                return place - 1;
            }
        } catch (NumberFormatException e) {
            // Reported below, together with numbers out of range.
        }
        throw new DataException(file.path() + ": there is no " + what + " column '" + name
                + "': expected a number from 1 to " + names.size()
                + (file.hasHeader() ? " or one of " + String.join(", ", names) : ", as the file has no header"));
    }

    int label() {
        return label;
    }

    int client() {
        return client;
    }

    /** Returns the number of distinct values of a column to remember. */
    int mostValues(int column) {
        boolean many = column == client || "category".equals(wanted.get(column));
        return many ? MAX_CATEGORIES : USUAL_CATEGORIES;
    }

    /**
     * Chooses the role of a column.
     *
     * @throws DataException if its content contradicts the user's choice, or it has numbers and a few texts
     */
    Column decide(int index, ColumnProfile profile) {
        if (index == label) {
            return new Column(index, profile, Column.Role.LABEL);
        }
        if (index == client) {
            return new Column(index, profile, Column.Role.CLIENT);
        }
        String role = wanted.get(index);
        return role == null ? guess(index, profile) : named(index, profile, role);
    }

    private Column named(int index, ColumnProfile profile, String role) {
        if ("drop".equals(role)) {
            String reason = uselessness(profile);
            return new Column(index, profile, Column.Role.DROP, reason == null ? "as asked" : reason);
        }
        if (profile.present() == 0) {
            return new Column(index, profile, Column.Role.DROP, "all values are missing");
        }
        if ("number".equals(role)) {
            if (profile.texts() > 0) {
                throw noNumber(profile, "or take --category " + profile.name());
            }
            return new Column(index, profile, Column.Role.NUMBER);
        }
        if (profile.hasTooManyValues()) {
            throw new DataException(file.path() + ": column '" + profile.name() + "' has over " + MAX_CATEGORIES
                    + " different values, too many for a feature each: group them first, or take --drop "
                    + profile.name());
        }
        return new Column(index, profile, Column.Role.CATEGORY);
    }

    private Column guess(int index, ColumnProfile profile) {
        String reason = uselessness(profile);
        if (reason != null) {
            return new Column(index, profile, Column.Role.DROP, reason);
        }
        if (profile.isNumeric()) {
            return new Column(index, profile, Column.Role.NUMBER);
        }
        if (profile.numbers() > MOSTLY * profile.present() && profile.hasTooManyValues()) {
            throw noNumber(
                    profile, "or take --drop " + profile.name() + "; missing values are empty, ?, NA, N/A, null or -");
        }
        return new Column(index, profile, Column.Role.CATEGORY);
    }

    private static @Nullable String uselessness(ColumnProfile profile) {
        if (profile.present() == 0) {
            return "all values are missing";
        }
        if (profile.isConstant() && (profile.isNumeric() || profile.missing() == 0)) {
            return "all values are the same";
        }
        if (profile.numbersRows()) {
            return "it numbers the rows";
        }
        boolean mostlyTexts = profile.numbers() <= MOSTLY * profile.present();
        if (profile.texts() > 0 && mostlyTexts) {
            if (profile.hasTooManyValues()) {
                return "over " + USUAL_CATEGORIES + " different texts, such as '" + profile.firstText() + "'";
            }
            if (profile.present() > ColumnProfile.FEW && 2L * profile.values().size() > profile.present()) {
                return "most texts occur once, such as '" + profile.firstText() + "'";
            }
        }
        return null;
    }

    private DataException noNumber(ColumnProfile profile, String otherwise) {
        return DataException.at(
                file.path(),
                profile.firstTextLine(),
                "column '" + profile.name() + "' is '" + profile.firstText() + "', but " + profile.numbers()
                        + " of its values are numbers: correct the cell, " + otherwise);
    }
}
