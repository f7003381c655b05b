package io.evenkeel.cli.context;

import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.util.stream.Collectors;

/** Refusals about contexts. */
final class Contexts {

    private Contexts() {}

    static CommandFailure unknown(String name, ContextList list) {
        String known = list.contexts().stream().map(Context::name).collect(Collectors.joining(", "));
        return new CommandFailure(
                ExitCode.NOT_FOUND,
                "there is no context '" + name + "': "
                        + (known.isEmpty() ? "make one with 'evenkeel login'" : "there are " + known));
    }
}
