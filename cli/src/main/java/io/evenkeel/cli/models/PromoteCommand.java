package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes an alias name a version. */
@Command(
        name = "promote",
        description = "Makes an alias name a version. Devices that follow the alias get it with their next request.")
final class PromoteCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Parameters(index = "1", paramLabel = "VERSION", description = "The version's number.")
    private int version;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private AliasOption alias;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the alias's history.")
    private @Nullable String reason;

    PromoteCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ObjectNode wish = new JsonMapper().createObjectNode().put("version", version);
        if (reason != null) {
            wish.put("reason", reason);
        }
        JsonNode change = client.upload(
                "PUT",
                model.path("aliases", alias.text()),
                "application/json",
                new JsonMapper().writeValueAsBytes(wish));
        output.print(change, page -> List.of(named(change)));
        return 0;
    }

    /** Says what an alias names after a change. */
    static String named(JsonNode change) {
        return "@" + change.path("alias").asString() + " of model "
                + change.path("model").asString() + " names version "
                + change.path("version").asInt();
    }
}
