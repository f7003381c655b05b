package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Lists the contexts, without their tokens. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Lists the contexts. '*' marks the current one.")
final class ContextListCommand implements Callable<Integer> {

    private final CliEnvironment environment;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private OutputOptions output;

    ContextListCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ContextList list = new ContextStore(environment).read();
        ArrayNode document = new JsonMapper().createArrayNode();
        for (Context context : list.contexts()) {
            document.addObject()
                    .put("name", context.name())
                    .put("coordinator", context.coordinator().toString())
                    .put("login", context.session() == null ? "token" : "identity provider")
                    .put("current", context.name().equals(list.current()));
        }
        output.print(document, page -> text(list, page));
        return 0;
    }

    private static List<String> text(ContextList list, TextLayout page) {
        if (list.contexts().isEmpty()) {
            return List.of("There are no contexts: make one with 'evenkeel login --coordinator URL'.");
        }
        ListTable table =
                new ListTable(page).text(" ").text("NAME").text("COORDINATOR").optional("LOGIN");
        for (Context context : list.contexts()) {
            table.row(
                    context.name().equals(list.current()) ? "*" : "",
                    context.name(),
                    context.coordinator().toString(),
                    context.session() == null ? "token" : "identity provider");
        }
        return table.lines();
    }
}
