package io.evenkeel.cli.context;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The stored contexts.
 *
 * @param current the name of the default context, if any
 * @param contexts in the order in which they were added
 */
record ContextList(@Nullable String current, List<Context> contexts) {

    ContextList {
        contexts = List.copyOf(contexts);
    }

    Optional<Context> find(String name) {
        return contexts.stream().filter(context -> context.name().equals(name)).findFirst();
    }

    /** Returns the context with a name, or refuses an unknown one. */
    Context named(String name) {
        String known = contexts.stream().map(Context::name).collect(Collectors.joining(", "));
        return find(name)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "there is no context '" + name + "': "
                                + (known.isEmpty()
                                        ? "create one with 'evenkeel login'"
                                        : "the contexts are " + known)));
    }

    /** Returns the list with a context added or, if its name exists, replaced. */
    ContextList with(Context context) {
        List<Context> list = new ArrayList<>(contexts);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i).name().equals(context.name())) {
                list.set(i, context);
                return new ContextList(current, list);
            }
        }
        list.add(context);
        return new ContextList(current, list);
    }

    ContextList without(String name) {
        List<Context> list = contexts.stream()
                .filter(context -> !context.name().equals(name))
                .toList();
        return new ContextList(name.equals(current) ? null : current, list);
    }

    ContextList using(String name) {
        return new ContextList(name, contexts);
    }
}
