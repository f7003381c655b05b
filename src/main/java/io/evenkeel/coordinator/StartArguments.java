package io.evenkeel.coordinator;

import java.util.ArrayList;
import java.util.List;

/** Expands the short options of the command line, {@code --port} and {@code --data}, to settings. */
final class StartArguments {

    private StartArguments() {}

    /** Returns the arguments for Spring Boot; the value of a short option may be the next argument. */
    static String[] expand(String... arguments) {
        List<String> expanded = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            boolean hasValueNext = i + 1 < arguments.length && (argument.equals("--port") || argument.equals("--data"));
            if (hasValueNext) {
                i++;
                argument += "=" + arguments[i];
            }
            expanded.add(
                    argument.replaceFirst("^--port=", "--server.port=").replaceFirst("^--data=", "--evenkeel.data="));
        }
        return expanded.toArray(String[]::new);
    }
}
