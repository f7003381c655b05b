package io.evenkeel.coordinator.platform.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that was probably meant by a misspelt one. */
public final class NearestName {

    private NearestName() {}

    /**
     * Returns the most similar known name, null if none is similar. Compares only letters and digits, and
     * ignores case.
     */
    public static @Nullable String to(String name, Collection<String> known) {
        String wanted = uniform(name);
        return known.stream()
                .filter(one -> isNear(wanted, uniform(one)))
                .min(Comparator.comparingInt(one -> distance(wanted, uniform(one))))
                .orElse(null);
    }

    /**
     * Returns whether a name may be a misspelling of another: they differ in one letter or in at most a third
     * of the letters.
     */
    public static boolean isNear(String wanted, String known) {
        return distance(wanted, known) <= Math.max(1, (wanted.length() + 1) / 3);
    }

    /** Returns the letters and digits of a name in lower case. */
    public static String uniform(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the optimal string alignment distance: the minimum number of letters to insert, delete, replace
     * or swap with their neighbour.
     */
    public static int distance(String from, String to) {
        int[][] distances = new int[from.length() + 1][to.length() + 1];
        for (int row = 0; row <= from.length(); row++) {
            for (int column = 0; column <= to.length(); column++) {
                distances[row][column] =
                        row == 0 || column == 0 ? row + column : next(distances, from, to, row, column);
            }
        }
        return distances[from.length()][to.length()];
    }

    private static int next(int[][] distances, String from, String to, int row, int column) {
        boolean isSame = from.charAt(row - 1) == to.charAt(column - 1);
        int replaced = distances[row - 1][column - 1] + (isSame ? 0 : 1);
        int moved = 1 + Math.min(distances[row - 1][column], distances[row][column - 1]);
        boolean isSwapped = row > 1
                && column > 1
                && from.charAt(row - 1) == to.charAt(column - 2)
                && from.charAt(row - 2) == to.charAt(column - 1);
        int swapped = isSwapped ? 1 + distances[row - 2][column - 2] : Integer.MAX_VALUE;
        return Math.min(swapped, Math.min(replaced, moved));
    }
}
