package io.evenkeel.trial.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Distinguishes a header from a row of data. */
final class Headers {

    private Headers() {}

    /**
     * Returns whether the first record is a header: it contains no number. If no column has numbers below it either,
     * its texts must also be distinct and mostly not occur again below.
     */
    static boolean isHeader(List<CsvRecord> sample, boolean decimalComma) {
        List<String> first = sample.get(0).getFields();
        if (first.stream().anyMatch(cell -> !Double.isNaN(Cells.number(cell, decimalComma)))) {
            return false;
        }
        List<CsvRecord> below = sample.subList(1, sample.size());
        boolean numbers = below.stream()
                .flatMap(row -> row.getFields().stream())
                .anyMatch(cell -> !Double.isNaN(Cells.number(cell, decimalComma)));
        if (numbers || below.isEmpty()) {
            return true;
        }
        return new HashSet<>(first).size() == first.size() && 2 * recurring(first, below) < first.size();
    }

    private static int recurring(List<String> first, List<CsvRecord> below) {
        int recurring = 0;
        for (int column = 0; column < first.size(); column++) {
            String text = first.get(column);
            int at = column;
            boolean again = below.stream()
                    .anyMatch(
                            row -> row.getFieldCount() > at && row.getField(at).equals(text));
            recurring += again ? 1 : 0;
        }
        return recurring;
    }

    /**
     * Returns a name for each column: from the header, with a number if it occurs twice, or the column's number from 1.
     */
    static List<String> names(CsvRecord first, boolean header) {
        List<String> names = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int column = 0; column < first.getFieldCount(); column++) {
            String text = header ? first.getField(column) : "";
            String base = text.isEmpty() ? String.valueOf(column + 1) : text;
            String name = base;
            for (int again = 2; !taken.add(name); again++) {
                name = base + "." + again;
            }
            names.add(name);
        }
        return List.copyOf(names);
    }
}
