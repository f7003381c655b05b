package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.Program;
import io.evenkeel.tools.terminal.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel models}. */
@Command(
        name = "models",
        description = "Publishes models of runs as numbered versions, and moves the aliases that devices follow.",
        subcommands = PublishModelCommand.class)
public final class ModelsCommand extends Program {

    private static final String NAME = "The registered model's name.";
    private static final String ALIAS = "The alias: 1 to 64 of a-z, 0-9 and - (default: production).";

    ModelsCommand() {
        super("list", "show", "publish", "get", "promote", "rollback", "protect", "history", "delete");
    }

    @Command(name = "list", description = "Lists the registered models with their newest versions and aliases.")
    void list(@Mixin ApiOptions api, @Mixin PageOptions pages) {
        api.print(pages, ApiPath.of("models"), "name", ModelText::list);
    }

    @Command(name = "show", description = "Shows a model with its newest versions, or one version with its origin.")
    void show(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Parameters(arity = "0..1", paramLabel = "VERSION", description = "A version's number, or @ and an alias.")
                    @Nullable
                    String version) {
        CoordinatorClient client = api.client();
        if (version != null) {
            api.print(client.get(ApiPath.of("models", model, "versions", version, "details")), ModelText::version);
            return;
        }
        ObjectNode document = (ObjectNode) client.get(ApiPath.of("models", model));
        document.set("newestVersions", client.get(ApiPath.of("models", model, "versions")));
        api.print(document, ModelText::model);
    }

    @Command(name = "get", description = "Downloads a version's safetensors file and verifies its SHA-256.")
    void get(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Parameters(paramLabel = "VERSION", description = "A version's number, or @ and an alias.") String version,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file to write; an existing one is replaced.")
                    Path file)
            throws IOException {
        CoordinatorClient client = api.client();
        JsonNode details = client.get(ApiPath.of("models", model, "versions", version, "details"));
        String number = details.path("version").asString();
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            client.download(ApiPath.of("models", model, "versions", number), part);
            String expected = details.path("sha256").asString();
            if (!sha256(part).equals(expected)) {
                throw new CommandFailure("the download's SHA-256 is not " + expected + ": try again");
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        api.print(
                details,
                () -> file + ": version " + number + ", "
                        + Quantity.bytes(details.path("bytes").asLong()));
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    @Command(
            name = "promote",
            description = "Points an alias to a version. Devices that follow the alias get it with their next request.")
    void promote(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Parameters(paramLabel = "VERSION", description = "The version's number.") int version,
            @Option(names = "--alias", paramLabel = "ALIAS", defaultValue = "production", description = ALIAS)
                    String alias,
            @Option(names = "--reason", paramLabel = "TEXT", description = "The reason, for the alias's history.")
                    @Nullable
                    String reason) {
        byte[] wish = new JsonMapper().writeValueAsBytes(JsonObject.of("version", version, "reason", reason));
        JsonNode change =
                api.client().upload("PUT", ApiPath.of("models", model, "aliases", alias), "application/json", wish);
        api.print(change, () -> ModelText.named(change));
    }

    @Command(
            name = "rollback",
            description = "Moves an alias back to its previous version. A second roll-back undoes the first.")
    void rollBack(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Option(names = "--alias", paramLabel = "ALIAS", defaultValue = "production", description = ALIAS)
                    String alias) {
        JsonNode change = api.post(ApiPath.of("models", model, "aliases", alias, "rollback"));
        api.print(change, () -> ModelText.named(change));
    }

    @Command(
            name = "protect",
            description = {
                "Protects an alias: from now on only roll-outs that another operator has approved can move it, and"
                        + " roll-backs.",
                "With --release, ends the protection once two operators have requested it."
            })
    void protect(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Option(names = "--alias", paramLabel = "ALIAS", defaultValue = "production", description = ALIAS)
                    String alias,
            @Option(
                            names = "--release",
                            description = "Request the end of the protection, or confirm another operator's request.")
                    boolean release) {
        JsonNode protection = api.post(
                release
                        ? ApiPath.of("models", model, "aliases", alias, "protection", "release")
                        : ApiPath.of("models", model, "aliases", alias, "protection"));
        api.print(protection, () -> ModelText.protection(protection));
    }

    @Command(name = "history", description = "Lists the changes of an alias, newest first.")
    void history(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Option(names = "--alias", paramLabel = "ALIAS", defaultValue = "production", description = ALIAS)
                    String alias,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "The maximum number of entries, up to 1000 (default: 20).")
                    int limit) {
        api.print(
                api.get(ApiPath.of("models", model, "aliases", alias, "history").with("limit", limit)),
                ModelText::history);
    }

    @Command(
            name = "delete",
            description =
                    "Deletes a version and its file, or with --alias an alias, or else a model that has no versions.")
    void delete(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "MODEL", description = NAME) String model,
            @Parameters(arity = "0..1", paramLabel = "VERSION", description = "The version's number.") @Nullable
                    Integer version,
            @Option(names = "--alias", paramLabel = "ALIAS", description = "Remove this alias; its version stays.")
                    @Nullable
                    String alias,
            @Mixin Confirmation confirmation)
            throws IOException {
        String what = "model " + model;
        ApiPath path = ApiPath.of("models", model);
        if (alias != null) {
            what = "alias " + alias + " of " + what;
            path = ApiPath.of("models", model, "aliases", alias);
        } else if (version != null) {
            what = "version " + version + " of " + what;
            path = ApiPath.of("models", model, "versions", version.toString());
        }
        CoordinatorClient client = api.client();
        confirmation.require("Delete " + what + " for good?");
        client.delete(path);
        api.print(JsonObject.of("deleted", what), what + " is deleted");
    }
}
