package io.evenkeel.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Expands the short options of the command line to settings. */
final class StartArguments {

    private static final Map<String, String> SHORT = Map.of(
            "--port", "--server.port",
            "--data", "--evenkeel.data",
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
            expanded.add(end < 0 ? argument : SHORT.getOrDefault(option, option) + argument.substring(end));
        }
        return expanded.toArray(String[]::new);
    }
}
