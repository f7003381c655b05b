package io.evenkeel.cli.log;

import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Reads the audit log. */
@Command(
        name = "log",
        description =
                "Shows the audit log, newest first: every request of an operator or viewer that changes something,"
                        + " exports or downloads a model, including refused ones.")
public final class LogCommand extends ApiCommand {

    private static final int USUAL_LIMIT = 50;

    @Option(names = "--run", paramLabel = "RUN", description = "Only requests to this run.")
    private @Nullable String run;

    @Option(names = "--limit", paramLabel = "N", description = "How many entries to show, 1 to 1000 (default: 50).")
    private int limit = USUAL_LIMIT;

    @Option(names = "--before", paramLabel = "ID", description = "Continue before this entry.")
    private @Nullable Long before;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode entries = client.get(
                ApiPath.of("audit-log").with("run", run).with("before", before).with("limit", limit));
        output.print(entries, page -> text(entries, page));
        return 0;
    }

    private static List<String> text(JsonNode entries, TextLayout page) {
        if (entries.isEmpty()) {
            return List.of("There are no such entries.");
        }
        return new ListTable<JsonNode>(page)
                .number("ID", field("id"))
                .text("TIME", point("at", ""))
                .text("WHO", field("actor"))
                .text("REQUEST", LogCommand::request)
                .number("STATUS", field("status", "-"))
                .number("TIMES", field("count", "1"))
                .optional("ROLE", field("role"))
                .optional("ADDRESS", field("address"))
                .lines(entries);
    }

    private static String request(JsonNode entry) {
        return entry.path("method").asString() + " "
                + entry.path("path").asString().replaceFirst("^/api/v1", "");
    }
}
