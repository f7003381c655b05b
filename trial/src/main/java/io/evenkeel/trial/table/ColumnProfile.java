package io.evenkeel.trial.table;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the numbers, texts and missing values of a column, and collects its distinct values up to a limit. */
final class ColumnProfile {

    /** The minimum number of rows for judging a column. */
    static final int FEW = 20;

    private final String name;
    private final int mostValues;
    private final boolean decimalComma;
    private final TreeMap<String, Integer> values = new TreeMap<>();
    private boolean tooManyValues;
    private long missing;
    private long numbers;
    private long texts;
    private @Nullable String firstText;
    private long firstTextLine;
    private double smallest = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;
    private double previous = Double.NaN;
    private boolean counting = true;
    private boolean whole = true;

    /**
     * @param mostValues the maximum number of distinct values to remember; if there are more, none are remembered
     */
    ColumnProfile(String name, int mostValues, boolean decimalComma) {
        this.name = name;
        this.mostValues = mostValues;
        this.decimalComma = decimalComma;
    }

    void addMissing() {
        missing++;
        counting = false;
    }

    void add(String cell, long line) {
        double number = Cells.number(cell, decimalComma);
        if (Double.isNaN(number)) {
            addText(cell, line);
        } else {
            addNumber(number);
        }
        if (!tooManyValues) {
            values.merge(cell, 1, Integer::sum);
            if (values.size() > mostValues) {
                tooManyValues = true;
                values.clear();
            }
        }
    }

    private void addText(String cell, long line) {
        texts++;
        counting = false;
        if (firstText == null) {
            firstText = cell;
            firstTextLine = line;
        }
    }

    private void addNumber(double number) {
        counting &= numbers == 0 || number == previous + 1;
        whole &= number == Math.rint(number);
        previous = number;
        numbers++;
        smallest = Math.min(smallest, number);
        largest = Math.max(largest, number);
    }

    String name() {
        return name;
    }

    long missing() {
        return missing;
    }

    long numbers() {
        return numbers;
    }

    long texts() {
        return texts;
    }

    long present() {
        return numbers + texts;
    }

    /** Returns the first text that is not a number; null if there is none. */
    @Nullable
    String firstText() {
        return firstText;
    }

    long firstTextLine() {
        return firstTextLine;
    }

    double smallest() {
        return smallest;
    }

    double largest() {
        return largest;
    }

    boolean isNumeric() {
        return texts == 0 && numbers > 0;
    }

    boolean isWhole() {
        return whole;
    }

    /** Returns whether the column numbers the rows: from 0 or 1, each value is one more than the previous one. */
    boolean numbersRows() {
        return counting && numbers > FEW && (smallest == 0 || smallest == 1);
    }

    /** Returns the distinct values with their counts, in alphabetical order; empty if there are too many. */
    SortedMap<String, Integer> values() {
        return values;
    }

    boolean hasTooManyValues() {
        return tooManyValues;
    }

    boolean isConstant() {
        return texts == 0 ? smallest == largest : !tooManyValues && values.size() == 1;
    }
}
