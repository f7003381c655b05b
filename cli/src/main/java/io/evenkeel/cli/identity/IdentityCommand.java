package io.evenkeel.cli.identity;

import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel identity}. */
@Command(
        name = "identity",
        description = {
            "Creates the keys of secure aggregation, in files that only their user can read. Needs no coordinator.",
            "An owner vouches for devices. Keep its key away from the coordinator and its operators: with it they could"
                    + " fill a cohort with devices that do not exist."
        },
        footer = {
            "",
            "Example:",
            "  evenkeel identity owner --out owner.key",
            "  evenkeel identity device --owner owner.key --count 100 --out identities/"
        })
public final class IdentityCommand extends Program {

    private static final int MAX_COUNT = 1_000_000;

    IdentityCommand() {
        super("owner", "device", "show");
    }

    @Command(
            name = "owner",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            description = {
                "Creates the key of an owner, who vouches for devices. Prints its public key, for"
                        + " secureAggregation.owners of a run, alone on standard output."
            })
    void owner(
            @Option(
                            names = "--out",
                            paramLabel = "FILE",
                            required = true,
                            description = "The new file; keep it secret.")
                    Path file,
            @Mixin OutputOptions output) {
        OwnerKey owner = OwnerKey.generate();
        KeyFiles.write(file, owner.text());
        String key = Base64.getEncoder().encodeToString(owner.publicKey());
        output.err().println("wrote " + file + "; keep it secret and away from the coordinator. Its public key:");
        output.err().flush();
        output.print(JsonObject.of("owner", key), page -> List.of(key));
    }

    @Command(
            name = "device",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            sortOptions = false,
            description =
                    "Creates identities of devices, certified by an owner: one file for each device, for that device"
                            + " only.")
    void device(
            @Option(
                            names = "--owner",
                            order = -2,
                            paramLabel = "FILE",
                            required = true,
                            description = "The owner's file.")
                    Path owner,
            @Option(
                            names = "--out",
                            order = -2,
                            paramLabel = "FOLDER",
                            required = true,
                            description =
                                    "The folder for the new files, device-0001.identity and so on; keep them secret.")
                    Path folder,
            @Option(
                            names = "--count",
                            order = -2,
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "How many (default: ${DEFAULT-VALUE}).")
                    int count,
            @Option(
                            names = "--first",
                            order = -2,
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "The number of the first one (default: ${DEFAULT-VALUE}).")
                    int first,
            @Mixin OutputOptions output) {
        if (count < 1 || count > MAX_COUNT || first < 1 || first > MAX_COUNT) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--count is " + count + " and --first " + first + ", expected 1 to " + MAX_COUNT + " each");
        }
        OwnerKey key = KeyFiles.read(owner, OwnerKey::parse);
        List<Path> files = IntStream.range(first, first + count)
                .mapToObj(number -> folder.resolve(String.format(Locale.ROOT, "device-%04d.identity", number)))
                .toList();
        requireNew(files);
        KeyFiles.createFolder(folder);
        files.forEach(file -> KeyFiles.write(file, key.issue().text()));
        output.print(
                JsonObject.of("files", files.stream().map(Path::toString).toList()),
                page -> List.of("wrote " + files.get(0) + (count == 1 ? "" : " to " + files.get(count - 1))
                        + "; give each to one device only"));
    }

    /** Refuses existing files before any file is written. */
    private static void requireNew(List<Path> files) {
        for (Path file : files) {
            if (Files.exists(file)) {
                throw new CommandFailure(
                        ExitCode.CONFLICT,
                        file + " exists, and identities are not replaced: begin with another --first");
            }
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true,
            description = "Checks a file of an owner or a device and shows its public keys, never the private one.")
    void show(@Parameters(paramLabel = "FILE", description = "The file.") Path file, @Mixin OutputOptions output) {
        ObjectNode shown = KeyFiles.read(file, IdentityCommand::shown);
        output.print(
                shown,
                page -> List.of(
                        "kind   " + shown.path("kind").asString(),
                        "public " + shown.path("public").asString(),
                        "owner  " + shown.path("owner").asString()));
    }

    private static ObjectNode shown(String text) {
        if (text.lines().anyMatch(line -> line.startsWith("certificate"))) {
            DeviceIdentity device = DeviceIdentity.parse(text);
            return shown("device", device.publicKey(), device.owner());
        }
        byte[] key = OwnerKey.parse(text).publicKey();
        return shown("owner", key, key);
    }

    private static ObjectNode shown(String kind, byte[] key, byte[] owner) {
        Base64.Encoder base64 = Base64.getEncoder();
        return JsonObject.of("kind", kind, "public", base64.encodeToString(key), "owner", base64.encodeToString(owner));
    }
}
