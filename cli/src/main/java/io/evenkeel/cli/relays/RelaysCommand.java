package io.evenkeel.cli.relays;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Shows the relays below a coordinator, and the coordinator above it. */
@Command(
        name = "relays",
        description = "Shows the relays below a coordinator with their members, lag and bytes, and the run above if the"
                + " coordinator is a relay itself.")
public final class RelaysCommand extends ApiCommand {

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description = "Only relays of this run, which may be over (default: those of all runs that are not over).")
    private @Nullable String run;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode tree = client.get(ApiPath.of("relays").with("run", run));
        output.print(tree, page -> text(tree, page));
        return 0;
    }

    private List<String> text(JsonNode tree, TextLayout page) {
        List<String> lines = new ArrayList<>();
        if (tree.path("upstream").isObject()) {
            lines.addAll(upstream(tree.path("upstream"), page).lines(page));
            for (JsonNode model : tree.path("upstream").path("models")) {
                lines.add(model(model));
            }
            lines.add("");
        }
        if (tree.path("relays").isEmpty()) {
            lines.add("There are no relays below" + (run == null ? "." : " in run '" + run + "'."));
        } else {
            lines.addAll(table(tree.path("relays"), page));
        }
        return lines;
    }

    private static Properties upstream(JsonNode upstream, TextLayout page) {
        return new Properties()
                .add("upstream", upstream.path("url").asString())
                .add("run", upstream.path("run").asString())
                .add("state", state(upstream))
                .add("problem", upstream.path("problem").asString(""))
                .add("round above", field("round", "").apply(upstream))
                .add("lag", upstream.path("lag").asString())
                .add("members", upstream.path("members").asString())
                .add("devices", upstream.path("devices").asString())
                .add("sent", Quantity.bytes(upstream.path("sentBytes").asLong()))
                .add("received", Quantity.bytes(upstream.path("receivedBytes").asLong()))
                .add("last contact", Times.moment(upstream.path("lastContactAt"), page));
    }

    private static String model(JsonNode model) {
        String text = "  " + model.path("model").asString() + "@"
                + model.path("alias").asString() + ": version "
                + model.path("version").asString("-")
                + (model.has("rollout") ? ", roll-out " + model.path("rollout").asString() : "")
                + (model.has("problem") ? ", problem: " + model.path("problem").asString() : "");
        return TerminalText.printable(text);
    }

    private static String state(JsonNode relay) {
        return relay.path("connected").asBoolean() ? "connected" : "silent";
    }

    private static List<String> table(JsonNode relays, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text(
                        "RELAY",
                        relay ->
                                relay.path("name").asString(relay.path("client").asString()))
                .text("RUN", field("run"))
                .state("STATE", RelaysCommand::state)
                .number("MEMBERS", field("members", "-"))
                .number("LAST ROUND", field("lastRound", "-"))
                .number("LAG", field("lag"))
                .number("SENT", bytes("sentBytes"))
                .number("RECEIVED", bytes("receivedBytes"))
                .text("SEEN", age("lastSeenAt", page))
                .optionalNumber("DEVICES", field("devices", "-"))
                .optionalNumber("WEIGHT", field("weight"))
                .optional("CLIENT", field("client"))
                .lines(relays);
    }

    private static Function<JsonNode, String> bytes(String name) {
        return relay -> relay.has(name) ? Quantity.bytes(relay.path(name).asLong()) : "-";
    }
}
