package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists an alias's changes. */
@Command(name = "history", description = "Lists the changes of an alias, newest first.")
final class HistoryCommand extends ApiCommand {

    private static final int USUAL_LIMIT = 20;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private AliasOption alias;

    @Option(names = "--limit", paramLabel = "N", description = "List at most so many, up to 1000 (default: 20).")
    private int limit = USUAL_LIMIT;

    HistoryCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changes =
                client.get(model.path("aliases", alias.text(), "history").with("limit", limit));
        output.print(changes, page -> text(changes, page));
        return 0;
    }

    private static List<String> text(JsonNode changes, TextLayout page) {
        ListTable table = new ListTable(page)
                .number("CHANGED")
                .number("VERSION")
                .text("BY")
                .optional("REASON");
        for (JsonNode change : changes) {
            table.row(
                    Times.age(change.path("changedAt"), page),
                    change.path("version").asString("removed"),
                    change.path("changedBy").asString(),
                    change.path("reason").asString("-"));
        }
        return table.lines();
    }
}
