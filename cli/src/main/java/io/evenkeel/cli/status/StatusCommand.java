package io.evenkeel.cli.status;

import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Shows the overview: items that wait for an operator, running runs, and the latest events. */
@Command(
        name = "status",
        description =
                "Shows the items that wait for an operator, each with its command; the running runs, with the time"
                        + " when each is expected to end; and the latest events.")
public final class StatusCommand extends ApiCommand {

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode overview = client.get(ApiPath.of("overview"));
        output.print(overview, page -> text(overview, page));
        return 0;
    }

    private static List<String> text(JsonNode overview, TextLayout page) {
        List<String> lines = new ArrayList<>();
        JsonNode waiting = overview.path("waiting");
        if (waiting.isEmpty()) {
            lines.add("Nothing waits for an operator.");
        } else {
            lines.add("Waits for an operator: " + overview.path("waitingTotal").asInt());
            waiting.forEach(item -> lines.addAll(waiting(item, page)));
        }
        lines.add("");
        lines.add("Running: " + overview.path("runningTotal").asInt());
        if (!overview.path("running").isEmpty()) {
            lines.addAll(running(overview.path("running"), page));
        }
        if (!overview.path("latest").isEmpty()) {
            lines.add("");
            lines.add("Latest events");
            lines.addAll(latest(overview.path("latest"), page));
        }
        return lines;
    }

    private static List<String> waiting(JsonNode item, TextLayout page) {
        boolean critical = item.path("critical").asBoolean();
        String age = Times.age(item.path("since"), page);
        return List.of(
                "  "
                        + page.style()
                                .paint(
                                        critical ? Tone.BAD : Tone.WARNING,
                                        item.path("code").asString())
                        + "  " + item.path("name").asString() + (age.isEmpty() ? "" : "  since " + age),
                "      " + item.path("message").asString(),
                "      " + item.path("command").asString());
    }

    private static List<String> running(JsonNode runs, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("RUN", field("name"))
                .state("STATE", run -> run.path("stalled").asBoolean() ? "stalled" : "running")
                .number(
                        "ROUND",
                        run -> run.path("round").asInt() + "/"
                                + run.path("rounds").asInt())
                .number("MEMBERS", field("members"))
                .number("LOSS", field("loss", "-"))
                .number("A ROUND", StatusCommand::roundTime)
                .text("EXPECTED END", point("expectedEnd", "-"))
                .lines(runs);
    }

    private static String roundTime(JsonNode run) {
        JsonNode seconds = run.path("roundSeconds");
        return seconds.isNumber() ? Times.brief(Duration.ofMillis(Math.round(1000 * seconds.asDouble()))) : "-";
    }

    private static List<String> latest(JsonNode events, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("AGO", event -> Times.age(event.path("at"), page))
                .text("NAME", field("name"))
                .text("EVENT", field("type"))
                .text("DETAIL", field("detail", ""))
                .lines(events);
    }
}
