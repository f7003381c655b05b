package io.evenkeel.trial.table;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** Numbers the values of a label's or client's column. */
final class ValueCodes {

    private ValueCodes() {}

    /** Returns the place of each text in alphabetical order, from 0. */
    static Map<String, Integer> alphabetical(ColumnProfile profile) {
        Map<String, Integer> codes = new HashMap<>();
        for (String text : profile.values().keySet()) {
            codes.put(text, codes.size());
        }
        return codes;
    }

    /** Returns the place of each value in the order of their numbers, if all are numbers, else in alphabetical order; from 0. */
    static Map<String, Integer> ordered(ColumnProfile profile, boolean decimalComma) {
        if (!profile.isNumeric()) {
            return alphabetical(profile);
        }
        TreeSet<Double> numbers = new TreeSet<>();
        profile.values().keySet().forEach(text -> numbers.add(Cells.number(text, decimalComma)));
        Map<Double, Integer> places = new HashMap<>();
        numbers.forEach(number -> places.put(number, places.size()));
        Map<String, Integer> codes = new HashMap<>();
        for (String text : profile.values().keySet()) {
            codes.put(text, places.getOrDefault(Cells.number(text, decimalComma), 0));
        }
        return codes;
    }
}
