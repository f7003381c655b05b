package io.evenkeel.trial.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.List;
import java.util.function.Function;

/** Finds the separator of a file: the one that cuts its first records into the most cells, with equal numbers in each. */
final class Separators {

    private static final char[] CANDIDATES = {',', ';', '\t', '|'};

    private Separators() {}

    /**
     * Returns the best separator, or a comma where none cuts anything.
     *
     * @param sample gives the first records as they are with a separator
     */
    static char detect(Function<Character, List<CsvRecord>> sample) {
        char best = ',';
        int widest = 0;
        boolean regular = false;
        for (char candidate : CANDIDATES) {
            List<CsvRecord> records = sample.apply(candidate);
            int width = records.isEmpty() ? 0 : records.get(0).getFieldCount();
            boolean even = width > 1 && records.stream().allMatch(record -> record.getFieldCount() == width);
            if (even == regular ? width > widest : even) {
                best = candidate;
                widest = width;
                regular = even;
            }
        }
        return best;
    }
}
