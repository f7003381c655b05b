package io.evenkeel.trial.table;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes the content of a table and the role of each column, as human-readable text. */
final class TableSummary {

    private static final int SHOWN_COLUMNS = 40;
    private static final int SHOWN_VALUES = 5;

    private TableSummary() {}

    static List<String> of(CsvFile file, List<Column> columns, Column label, long rows) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %,d rows, %,d columns, %s, separated by %s.",
                file.path().getFileName(),
                rows,
                columns.size(),
                file.hasHeader() ? "a header" : "no header (columns are named by number)",
                separator(file.separator())));
        lines.addAll(table(columns));
        if (label.profile().missing() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d rows without a label are left out.",
                    label.profile().missing()));
        }
        lines.add("Change a choice with --label, --drop, --numeric or --category and a column's name.");
        return lines;
    }

    private static String separator(char separator) {
        return switch (separator) {
            case ';' -> "semicolons";
            case '\t' -> "tabs";
            case '|' -> "bars";
            default -> "commas";
        };
    }

    private static List<String> table(List<Column> columns) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("column", "taken as", "missing", "values"));
        columns.stream().limit(SHOWN_COLUMNS).map(TableSummary::row).forEach(cells::add);
        int[] widths = new int[3];
        for (List<String> row : cells) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : cells) {
            lines.add(String.format(
                            "  %-" + widths[0] + "s  %-" + widths[1] + "s  %" + widths[2] + "s  %s",
                            row.get(0),
                            row.get(1),
                            row.get(2),
                            row.get(3))
                    .stripTrailing());
        }
        if (columns.size() > SHOWN_COLUMNS) {
            lines.add(String.format(
                    Locale.ROOT, "  and %,d more, listed in experiment.yaml", columns.size() - SHOWN_COLUMNS));
        }
        return lines;
    }

    private static List<String> row(Column column) {
        ColumnProfile profile = column.profile();
        String missing = profile.missing() == 0 ? "" : String.format(Locale.ROOT, "%,d", profile.missing());
        return List.of(shortened(column.name()), column.role().text(), missing, values(column));
    }

    private static String values(Column column) {
        ColumnProfile profile = column.profile();
        return switch (column.role()) {
            case DROP -> column.reason();
            case NUMBER -> range(profile) + (profile.missing() > 0 ? "; missing become the median" : "");
            case CATEGORY, CLIENT, LABEL ->
                profile.hasTooManyValues()
                        ? range(profile)
                        : String.format(
                                Locale.ROOT,
                                "%,d different: %s",
                                profile.values().size(),
                                counts(profile));
        };
    }

    private static String range(ColumnProfile profile) {
        return number(profile.smallest()) + " to " + number(profile.largest());
    }

    private static String number(double value) {
        boolean plain = value == 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e12);
        BigDecimal rounded = BigDecimal.valueOf(value);
        if (value != Math.rint(value)) {
            rounded = rounded.round(new MathContext(4));
        }
        return plain ? rounded.stripTrailingZeros().toPlainString() : String.format(Locale.ROOT, "%.3e", value);
    }

    private static String counts(ColumnProfile profile) {
        String most = profile.values().entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN_VALUES)
                .map(entry -> String.format(Locale.ROOT, "%s %,d", shortened(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining(", "));
        return most + (profile.values().size() > SHOWN_VALUES ? ", ..." : "");
    }

    private static String shortened(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.length() <= 24 ? plain : plain.substring(0, 23) + "…";
    }

    /** Returns the name of each dropped column and the reason. */
    static List<String> dropped(List<Column> columns) {
        return columns.stream()
                .filter(column -> column.role() == Column.Role.DROP)
                .map(column -> "'" + column.name() + "' is dropped: " + column.reason())
                .toList();
    }
}
