package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Lists the changes of a run. */
@Command(
        name = "revisions",
        description = "Lists what was changed while a run went on: when, by whom, from which round on.")
final class RevisionsCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    RevisionsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode revisions = client.get(run.path("revisions"));
        output.print(revisions, page -> text(revisions, page));
        return 0;
    }

    private List<String> text(JsonNode revisions, TextLayout page) {
        if (revisions.isEmpty()) {
            return List.of("Run " + run.text() + " is as it was created. 'evenkeel runs set' changes it.");
        }
        ListTable table = new ListTable(page)
                .number("REVISION")
                .number("FROM ROUND")
                .text("CHANGE")
                .text("REASON")
                .text("WHO")
                .optional("TIME");
        for (JsonNode revision : revisions) {
            table.row(
                    revision.path("number").asString(),
                    revision.path("fromRound").asString(),
                    RevisionText.brief(revision),
                    revision.path("reason").asString(""),
                    revision.path("changedBy").asString(),
                    Times.point(revision.path("changedAt")));
        }
        return table.lines();
    }
}
