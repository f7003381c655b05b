package io.evenkeel.coordinator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Expands the short command-line options to settings. */
final class StartArguments {

    private static final String DATA = "--evenkeel.data";

    private static final Map<String, String> SHORT = Map.of(
            "--port", "--server.port",
            "--data", DATA,
            "--upstream", "--evenkeel.relay.upstream",
            "--upstream-run", "--evenkeel.relay.run");

    private StartArguments() {}

    /** Returns the arguments for Spring Boot; the value of a short option may be the next argument. */
    static String[] expand(String... arguments) {
        List<String> expanded = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (SHORT.containsKey(argument) && i + 1 < arguments.length) {
                i++;
                argument += "=" + arguments[i];
            }
            int end = argument.indexOf('=');
            String option = end < 0 ? argument : argument.substring(0, end);
            String setting = SHORT.getOrDefault(option, option);
            String value = argument.substring(end + 1);
            expanded.add(end < 0 ? argument : setting + "=" + (setting.equals(DATA) ? explicit(value) : value));
        }
        return expanded.toArray(String[]::new);
    }

    /** Prefixes a relative path with {@code ./}, as H2 requires. */
    private static String explicit(String path) {
        boolean plain = Character.isLetterOrDigit(path.isEmpty() ? '.' : path.charAt(0));
        return plain && !Path.of(path).isAbsolute() ? "./" + path : path;
    }
}
