package io.evenkeel.trial.table;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes the medians of numeric columns with missing values. Needs a separate pass, which files without missing
 * values avoid.
 */
final class Medians {

    private Medians() {}

    /** Returns the medians by the columns' indices; for an even number of values, the lower of the middle two. */
    static Map<Integer, Double> of(CsvFile file, List<Column> columns) {
        List<Column> gappy = columns.stream()
                .filter(c -> c.role() == Column.Role.NUMBER && c.profile().missing() > 0)
                .toList();
        if (gappy.isEmpty()) {
            return Map.of();
        }
        int label = columns.stream()
                .filter(c -> c.role() == Column.Role.LABEL)
                .mapToInt(Column::index)
                .findFirst()
                .orElse(-1);
        double[][] values = new double[gappy.size()][];
        int[] counts = new int[gappy.size()];
        Arrays.setAll(values, c -> new double[(int) gappy.get(c).profile().numbers()]);
        file.forEachRow((line, row) -> {
            for (int c = 0; c < values.length; c++) {
                String cell = row.getField(gappy.get(c).index());
                if (!Cells.isMissing(cell) && !Cells.isMissingLabel(row.getField(label))) {
                    values[c][counts[c]++] = Cells.number(cell, file.hasDecimalCommas());
                }
            }
        });
        Map<Integer, Double> medians = new HashMap<>();
        for (int c = 0; c < values.length; c++) {
            Arrays.sort(values[c]);
            medians.put(gappy.get(c).index(), values[c][(counts[c] - 1) / 2]);
        }
        return medians;
    }
}
