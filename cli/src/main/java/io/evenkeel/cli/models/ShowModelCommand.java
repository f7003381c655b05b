package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows a registered model with its newest versions, or one version with its lineage. */
@Command(
        name = "show",
        description = "Shows a model with its newest versions, or one version with where it comes from.")
final class ShowModelCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VERSION",
            description = "A version's number, or @ and an alias.")
    private @Nullable String version;

    ShowModelCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        if (version != null) {
            JsonNode details = client.get(model.path("versions", version, "details"));
            output.print(details, page -> details(details, page));
            return 0;
        }
        ObjectNode document = new JsonMapper().createObjectNode();
        document.setAll((ObjectNode) client.get(model.path()));
        JsonNode versions = client.get(model.path("versions"));
        document.set("newestVersions", versions);
        output.print(document, page -> overview(document, versions, page));
        return 0;
    }

    private static List<String> overview(JsonNode model, JsonNode versions, TextLayout page) {
        List<String> lines = new ArrayList<>(new Properties()
                .add("model", model.path("name").asString())
                .add("description", model.path("description").asString(""))
                .add("aliases", ListModelsCommand.aliases(model))
                .lines(page));
        if (versions.isEmpty()) {
            return lines;
        }
        ListTable table = new ListTable(page)
                .number("VERSION")
                .text("ALIASES")
                .text("FROM")
                .number("LOSS")
                .number("SIZE")
                .number("CREATED")
                .optional("BY");
        for (JsonNode version : versions) {
            table.row(
                    version.path("version").asString(),
                    aliases(version),
                    from(version),
                    version.path("loss").asString("-"),
                    Quantity.bytes(version.path("bytes").asLong()),
                    Times.age(version.path("createdAt"), page),
                    version.path("createdBy").asString());
        }
        lines.add("");
        lines.addAll(table.lines());
        return lines;
    }

    private static List<String> details(JsonNode version, TextLayout page) {
        Properties properties = new Properties()
                .add("model", version.path("model").asString())
                .add("version", version.path("version").asString())
                .add("aliases", aliases(version))
                .add("from", from(version))
                .add("algorithm", version.path("definition").path("algorithm").asString(""))
                .add("members", version.path("members").asString(""))
                .add("loss", version.path("loss").asString(""));
        version.path("metrics")
                .properties()
                .forEach(metric ->
                        properties.add(metric.getKey(), metric.getValue().asString()));
        properties
                .add(
                        "tensors",
                        Integer.toString(version.path("tensors").size()) + " of "
                                + version.path("dtype").asString())
                .add("size", Quantity.bytes(version.path("bytes").asLong()))
                .add("SHA-256", version.path("sha256").asString())
                .add("created", Times.moment(version.path("createdAt"), page))
                .add("created by", version.path("createdBy").asString());
        version.path("metadata")
                .properties()
                .forEach(text -> properties.add(text.getKey(), text.getValue().asString()));
        return properties.lines(page);
    }

    private static String aliases(JsonNode version) {
        String names =
                version.path("aliases").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
        return names.isEmpty() ? "-" : names;
    }

    private static String from(JsonNode version) {
        return version.path("run").isString()
                ? version.path("run").asString() + ", round "
                        + version.path("round").asInt()
                : "upload";
    }
}
