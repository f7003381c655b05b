package io.evenkeel.cli.models;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.bytes;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.joined;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats registered models, versions and aliases as text. */
final class ModelText {

    private ModelText() {}

    static List<String> list(JsonNode models, TextLayout page) {
        if (models.isEmpty()) {
            return List.of(
                    "There are no registered models: 'evenkeel models publish' creates the first version of one.");
        }
        return new ListTable<JsonNode>(page)
                .text("MODEL", field("name"))
                .number("NEWEST", field("newest", "-"))
                .number("VERSIONS", field("versions"))
                .text("ALIASES", ModelText::aliases)
                .optionalNumber("CREATED", age("createdAt", page))
                .lines(models);
    }

    /** Returns the aliases of a model as text, such as {@code production=3, candidate=4}. */
    private static String aliases(JsonNode model) {
        String aliases = model.path("aliases").properties().stream()
                .map(alias -> alias.getKey() + "=" + alias.getValue().asInt())
                .collect(Collectors.joining(", "));
        return aliases.isEmpty() ? "-" : aliases;
    }

    /** Returns a model, and a table of its {@code newestVersions}. */
    static List<String> model(JsonNode model, TextLayout page) {
        List<String> lines = new ArrayList<>(new Properties()
                .add("model", model.path("name").asString())
                .add("description", model.path("description").asString(""))
                .add("aliases", aliases(model))
                .lines(page));
        JsonNode versions = model.path("newestVersions");
        if (!versions.isEmpty()) {
            lines.add("");
            lines.addAll(new ListTable<JsonNode>(page)
                    .number("VERSION", field("version"))
                    .text("ALIASES", version -> joined(version.path("aliases"), ", ", "-"))
                    .text("FROM", ModelText::from)
                    .number("LOSS", field("loss", "-"))
                    .number("SIZE", bytes("bytes"))
                    .number("CREATED", age("createdAt", page))
                    .optional("BY", field("createdBy"))
                    .lines(versions));
        }
        return lines;
    }

    static List<String> version(JsonNode version, TextLayout page) {
        Properties properties = new Properties()
                .add("model", version.path("model").asString())
                .add("version", version.path("version").asString())
                .add("aliases", joined(version.path("aliases"), ", ", "-"))
                .add("from", from(version))
                .add("algorithm", version.path("definition").path("algorithm").asString(""))
                .add("members", version.path("members").asString(""))
                .add("loss", loss(version));
        addAll(properties, version.path("metrics"));
        properties
                .add(
                        "tensors",
                        version.path("tensors").size() + " of "
                                + version.path("dtype").asString())
                .add("size", Quantity.bytes(version.path("bytes").asLong()))
                .add("SHA-256", version.path("sha256").asString())
                .add("created", Times.moment(version.path("createdAt"), page))
                .add("created by", version.path("createdBy").asString());
        addAll(properties, version.path("metadata"));
        return properties.lines(page);
    }

    private static void addAll(Properties properties, JsonNode fields) {
        fields.properties()
                .forEach(
                        field -> properties.add(field.getKey(), field.getValue().asString()));
    }

    /** Returns the loss of a version's model, or why there is none. */
    private static String loss(JsonNode version) {
        return switch (version.path("noLoss").asString("")) {
            case "not-trained-on" ->
                "none: no round that trained on this model was closed when the version was created; 'evenkeel evaluations"
                        + " create' measures it";
            case "not-reported" -> "none: devices reported no loss in the round that trained on this model";
            default -> version.path("loss").asString("");
        };
    }

    private static String from(JsonNode version) {
        return version.path("run").isString()
                ? version.path("run").asString() + ", round "
                        + version.path("round").asInt()
                : "upload";
    }

    /** Returns a table of an alias's changes. */
    static List<String> history(JsonNode changes, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .number("CHANGED", age("changedAt", page))
                .number("VERSION", field("version", "removed"))
                .text("BY", field("changedBy"))
                .optional("REASON", field("reason", "-"))
                .lines(changes);
    }

    /** Describes an alias's version after a change. */
    static String named(JsonNode change) {
        return alias(change) + " names version " + change.path("version").asInt();
    }

    /** Describes whether an alias is protected. */
    static String protection(JsonNode protection) {
        if (protection.has("endedBy")) {
            return alias(protection) + " is no longer protected";
        }
        return alias(protection)
                + (protection.has("releaseBy")
                        ? " is protected until another operator confirms its release"
                        : " is protected");
    }

    private static String alias(JsonNode document) {
        return "@" + document.path("alias").asString() + " of model "
                + document.path("model").asString();
    }
}
