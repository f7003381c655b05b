package io.evenkeel.tools.terminal;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** Names of options and commands in messages. */
final class OptionNames {

    private OptionNames() {}

    /** Returns a failure's message, with the request's fields replaced by the options that set them. */
    static String message(CommandFailure failure, CommandSpec command) {
        String text = String.valueOf(failure.getMessage());
        for (String field : failure.wrongFields()) {
            String option = "--" + field.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (command.findOption(option) != null) {
                text = text.replace(field + ": ", option + ": ");
            }
        }
        return text;
    }

    /**
     * Returns the likely intended names for a misspelt word: those that differ in at most a third of the letters, or in
     * one letter.
     */
    static List<String> near(String word, List<String> names) {
        return names.stream()
                .filter(name -> distance(word, name) <= Math.max(1, (word.length() + 1) / 3))
                .toList();
    }

    /** Returns the number of letters to insert, delete or replace. */
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
