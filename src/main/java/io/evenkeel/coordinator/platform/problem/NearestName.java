package io.evenkeel.coordinator.platform.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that a misspelt one stands for. */
public final class NearestName {

    private NearestName() {}

    /**
     * Returns the known name that differs least, letters and digits compared without their case; null if all differ in more than half of
     * the letters.
     */
    public static @Nullable String to(String name, Collection<String> known) {
        String wanted = uniform(name);
        return known.stream()
                .min(Comparator.comparingInt(one -> distance(wanted, uniform(one))))
                .filter(one -> distance(wanted, uniform(one)) <= wanted.length() / 2)
                .orElse(null);
    }

    /** Returns a name's letters and digits in lower case. */
    public static String uniform(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /** Returns the Levenshtein distance: the number of letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(above[column], current[column - 1]));
            }
            above = current;
        }
        return above[to.length()];
    }
}
