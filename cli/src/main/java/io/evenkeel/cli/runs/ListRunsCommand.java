package io.evenkeel.cli.runs;

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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Lists the runs, newest first. */
@Command(name = "list", description = "Lists the runs, newest first.")
final class ListRunsCommand extends ApiCommand {

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "Only runs in these states: created, running, paused, finished, cancelled, failed.")
    private List<String> states = new ArrayList<>();

    @Option(names = "--name", paramLabel = "TEXT", description = "Only runs whose name contains this text.")
    private @Nullable String name;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private PageOptions pages;

    ListRunsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        String wanted = states.isEmpty() ? null : String.join(",", states);
        ArrayNode runs =
                pages.collect(client, ApiPath.of("runs").with("search", name).with("state", wanted), "name");
        output.print(runs, page -> text(runs, page));
        pages.noteRest(output);
        return 0;
    }

    private static List<String> text(ArrayNode runs, TextLayout page) {
        if (runs.isEmpty()) {
            return List.of("There are no runs: 'evenkeel runs init' writes the file to create one from.");
        }
        ListTable table = new ListTable(page)
                .text("NAME")
                .state("STATE")
                .number("ROUND")
                .number("ANSWERED")
                .number("MEMBERS")
                .number("AGE")
                .optional("ALGORITHM")
                .optional("COMPRESSOR")
                .optional("MESSAGE");
        for (JsonNode run : runs) {
            String state = run.path("state").asString();
            boolean open = state.equals("running") || state.equals("paused");
            table.row(
                    run.path("name").asString(),
                    state,
                    run.path("round").asInt() + "/" + run.path("rounds").asInt(),
                    open ? Integer.toString(run.path("accepted").asInt()) : "-",
                    Integer.toString(run.path("members").asInt()),
                    Times.age(run.path("createdAt"), page),
                    run.path("algorithm").asString(""),
                    run.path("compressor").asString(""),
                    run.path("message").asString(""));
        }
        return table.lines();
    }
}
