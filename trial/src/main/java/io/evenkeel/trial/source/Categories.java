package io.evenkeel.trial.source;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Turns the texts of a column into numbers: themselves if all are numbers, else their places in alphabetical order. */
final class Categories {

    private final List<String> texts = new ArrayList<>();

    void add(String text) {
        texts.add(text);
    }

    /** Returns a number for each text. */
    double[] numbers() {
        double[] numbers = new double[texts.size()];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Double.parseDouble(texts.get(i));
            } catch (NumberFormatException e) {
                return places(Comparator.naturalOrder());
            }
            if (!Double.isFinite(numbers[i])) {
                return places(Comparator.naturalOrder());
            }
        }
        return numbers;
    }

    /** Returns for each text its place among the texts that occur, from 0 and without gaps, in the order of their numbers if they are numbers. */
    int[] groups() {
        double[] numbers = numbers();
        Map<Double, Integer> order = new TreeMap<>();
        for (double number : numbers) {
            order.put(number, 0);
        }
        int place = 0;
        for (Map.Entry<Double, Integer> entry : order.entrySet()) {
            entry.setValue(place++);
        }
        int[] groups = new int[numbers.length];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = order.getOrDefault(numbers[i], 0);
        }
        return groups;
    }

    private double[] places(Comparator<String> order) {
        Set<String> seen = new LinkedHashSet<>(texts);
        Map<String, Integer> places = new TreeMap<>(order);
        seen.stream().sorted(order).forEach(text -> places.put(text, places.size()));
        return texts.stream().mapToDouble(text -> places.getOrDefault(text, 0)).toArray();
    }
}
