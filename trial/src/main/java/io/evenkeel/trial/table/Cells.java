package io.evenkeel.trial.table;

import java.util.Locale;
import java.util.Set;

/** Interprets the text of a table's cells. */
final class Cells {

    private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "#n/a", "nan", "null", "\\n");
    private static final Set<String> MISSING_FEATURE = Set.of("none", "-");

    private Cells() {}

    /** Returns whether a feature's cell denotes a missing value. */
    static boolean isMissing(String cell) {
        String lower = cell.toLowerCase(Locale.ROOT);
        return MISSING.contains(lower) || MISSING_FEATURE.contains(lower);
    }

    /** Returns whether a label is missing; "none" and "-" may be class names. */
    static boolean isMissingLabel(String cell) {
        return MISSING.contains(cell.toLowerCase(Locale.ROOT));
    }

    /**
     * Returns the finite decimal number in a cell, or NaN. Java's own forms, such as 3d and 0x1p3, are not numbers.
     *
     * @param decimalComma whether 3,5 is a number too
     */
    static double number(String cell, boolean decimalComma) {
        if (cell.isEmpty() || !isDecimal(cell, decimalComma)) {
            return Double.NaN;
        }
        try {
            double value = Double.parseDouble(decimalComma ? cell.replace(',', '.') : cell);
            return Double.isFinite(value) ? value : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static boolean isDecimal(String cell, boolean decimalComma) {
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            boolean allowed = (c >= '0' && c <= '9') || "+-.eE".indexOf(c) >= 0 || (decimalComma && c == ',');
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
