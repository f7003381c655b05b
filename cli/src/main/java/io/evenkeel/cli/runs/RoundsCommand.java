package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.Quantity;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists a run's closed rounds. */
@Command(name = "rounds", description = "Lists a run's closed rounds, by default the last 20.")
final class RoundsCommand extends ApiCommand {

    private static final int USUAL_LIMIT = 20;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Option(
            names = "--from",
            paramLabel = "ROUND",
            description = "The first round to list (default: the list ends with the newest).")
    private @Nullable Integer from;

    @Option(names = "--limit", paramLabel = "N", description = "How many rounds to list, 1 to 1000 (default: 20).")
    private int limit = USUAL_LIMIT;

    RoundsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        int first = from != null
                ? from
                : Math.max(0, client.get(run.path()).path("round").asInt() - limit);
        JsonNode rounds = client.get(run.path("rounds").with("from", first).with("limit", limit));
        output.print(rounds, page -> text(rounds, page));
        return 0;
    }

    private static List<String> text(JsonNode rounds, TextLayout page) {
        if (rounds.isEmpty()) {
            return List.of("No round is closed yet.");
        }
        ListTable table = new ListTable(page)
                .number("ROUND")
                .number("DEVICES")
                .number("LOSS")
                .number("||G||")
                .number("GAMMA")
                .optionalNumber("EPSILON")
                .number("UPLINK")
                .number("DENSE")
                .optionalNumber("DOWNLINK")
                .optionalNumber("SECONDS")
                .optionalNumber("EXTENDED");
        for (JsonNode round : rounds) {
            table.row(
                    round.path("round").asString(),
                    round.path("participants").asInt() + "/"
                            + round.path("sampled").asInt(),
                    number(round.path("loss")),
                    number(round.path("directionNorm")),
                    number(round.path("gamma")),
                    round.has("epsilon")
                            ? String.format(
                                    Locale.ROOT, "%.3g", round.path("epsilon").asDouble())
                            : "",
                    Quantity.bytes(round.path("uplinkBytes").asLong()),
                    Quantity.bytes(round.path("denseUplinkBytes").asLong()),
                    Quantity.bytes(round.path("downlinkBytes").asLong()),
                    String.format(
                            Locale.ROOT, "%.1f", round.path("durationSeconds").asDouble()),
                    round.path("extended").asString("0"));
        }
        return table.lines();
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.5g", value.asDouble()) : "-";
    }
}
