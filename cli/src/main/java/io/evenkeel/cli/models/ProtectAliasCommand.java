package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Protects an alias, or ends its protection. */
@Command(
        name = "protect",
        description = {
            "Protects an alias: from now on only roll-outs that another operator has approved move it, and roll-backs.",
            "With --release, ends the protection once two operators have asked for it."
        })
final class ProtectAliasCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private AliasOption alias;

    @Option(names = "--release", description = "Ask to end the protection, or confirm what another operator has asked.")
    private boolean release;

    ProtectAliasCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode protection = client.post(
                release
                        ? model.path("aliases", alias.text(), "protection", "release")
                        : model.path("aliases", alias.text(), "protection"),
                null);
        output.print(protection, page -> List.of(text(protection)));
        return 0;
    }

    private static String text(JsonNode protection) {
        String alias = "@" + protection.path("alias").asString() + " of model "
                + protection.path("model").asString();
        if (protection.has("endedBy")) {
            return alias + " is not protected any more";
        }
        return protection.has("releaseBy")
                ? alias + " is protected until another operator confirms its release"
                : alias + " is protected";
    }
}
