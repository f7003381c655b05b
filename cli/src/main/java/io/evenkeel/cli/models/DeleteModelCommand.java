package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Deletes a version, an alias, or a model without versions. */
@Command(
        name = "delete",
        description = "Deletes a version and its file, or with --alias an alias, or else a model that has no versions.")
final class DeleteModelCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VERSION", description = "The version's number.")
    private @Nullable Integer version;

    @Option(names = "--alias", paramLabel = "ALIAS", description = "Remove this alias; its version stays.")
    private @Nullable String alias;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    DeleteModelCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        String what = alias != null
                ? "alias " + alias + " of model " + model.text()
                : version != null ? "version " + version + " of model " + model.text() : "model " + model.text();
        confirmation.require("Delete " + what + " for good?");
        client.delete(path());
        ObjectNode done = new JsonMapper().createObjectNode().put("deleted", what);
        output.print(done, page -> List.of(what + " is deleted"));
        return 0;
    }

    private ApiPath path() {
        return alias != null
                ? model.path("aliases", alias)
                : version != null ? model.path("versions", version.toString()) : model.path();
    }
}
