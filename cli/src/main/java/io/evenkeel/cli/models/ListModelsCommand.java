package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Lists the registered models. */
@Command(name = "list", description = "Lists the registered models with their newest versions and aliases.")
final class ListModelsCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private PageOptions pages;

    ListModelsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ArrayNode models = pages.collect(client, ApiPath.of("models"), "name");
        output.print(models, page -> text(models, page));
        pages.noteRest(output);
        return 0;
    }

    private static List<String> text(ArrayNode models, TextLayout page) {
        if (models.isEmpty()) {
            return List.of("There are no registered models: 'evenkeel models publish' makes the first version of one.");
        }
        ListTable table = new ListTable(page)
                .text("MODEL")
                .number("NEWEST")
                .number("VERSIONS")
                .text("ALIASES")
                .optionalNumber("CREATED");
        for (JsonNode model : models) {
            table.row(
                    model.path("name").asString(),
                    model.path("newest").asString("-"),
                    model.path("versions").asString(),
                    aliases(model),
                    Times.age(model.path("createdAt"), page));
        }
        return table.lines();
    }

    /** Returns the aliases as text, such as {@code production=3, candidate=4}. */
    static String aliases(JsonNode model) {
        List<String> aliases = new ArrayList<>();
        model.path("aliases")
                .properties()
                .forEach(alias ->
                        aliases.add(alias.getKey() + "=" + alias.getValue().asInt()));
        return aliases.isEmpty() ? "-" : String.join(", ", aliases);
    }
}
