package io.evenkeel.cli.context;

import static io.evenkeel.cli.output.TableCells.field;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.terminal.Program;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code evenkeel context}. */
@Command(name = "context", description = "Lists, chooses and removes the coordinators that you have logged in to.")
public final class ContextCommand extends Program {

    private final CliEnvironment environment;

    ContextCommand(CliEnvironment environment) {
        super("list", "remove", "use");
        this.environment = environment;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            description = "Lists the contexts. '*' marks the current one.")
    void list(@Mixin OutputOptions output) {
        ContextList list = store().read();
        ArrayNode document = new JsonMapper().createArrayNode();
        for (Context context : list.contexts()) {
            document.addObject()
                    .put("name", context.name())
                    .put("coordinator", context.coordinator().toString())
                    .put("login", context.session() == null ? "token" : "identity provider")
                    .put("current", context.name().equals(list.current()));
        }
        output.print(document, page -> table(document, page));
    }

    /** Not a field, because that would load the JSON mapper at each start of the program. */
    private ContextStore store() {
        return new ContextStore(environment);
    }

    private static List<String> table(JsonNode contexts, TextLayout page) {
        if (contexts.isEmpty()) {
            return List.of("There are no contexts: create one with 'evenkeel login --coordinator URL'.");
        }
        return new ListTable<JsonNode>(page)
                .text(" ", context -> context.path("current").asBoolean() ? "*" : "")
                .text("NAME", field("name"))
                .text("COORDINATOR", field("coordinator"))
                .optional("LOGIN", field("login"))
                .lines(contexts);
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            description =
                    "Removes a context and its token. The token stays valid at the coordinator until it is revoked"
                            + " there.")
    void remove(@Parameters(paramLabel = "NAME", description = "The context's name.") String name) {
        ContextStore store = store();
        ContextList list = store.read();
        store.write(list.without(list.named(name).name()));
        out().println("context '" + name + "' is forgotten");
    }

    @Command(
            name = "use",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            description = "Makes a context the current one.")
    void use(@Parameters(paramLabel = "NAME", description = "The context's name.") String name) {
        ContextStore store = store();
        ContextList list = store.read();
        Context context = list.named(name);
        store.write(list.using(name));
        out().println("the current context is '" + name + "', " + context.coordinator());
    }
}
