package io.evenkeel.cli.identity;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.OwnerKey;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows the public part of a key file. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Checks a file of an owner or a device and shows its public keys, never the private one.")
final class ShowIdentityCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The file.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private OutputOptions output;

    ShowIdentityCommand() {}

    @Override
    public Integer call() {
        ObjectNode shown = KeyFiles.read(file, ShowIdentityCommand::shown);
        output.print(
                shown,
                page -> List.of(
                        "kind   " + shown.path("kind").asString(),
                        "public " + shown.path("public").asString(),
                        "owner  " + shown.path("owner").asString()));
        return 0;
    }

    private static ObjectNode shown(String text) {
        if (text.lines().anyMatch(line -> line.startsWith("certificate"))) {
            DeviceIdentity device = DeviceIdentity.parse(text);
            return node("device", device.publicKey(), device.owner());
        }
        OwnerKey owner = OwnerKey.parse(text);
        return node("owner", owner.publicKey(), owner.publicKey());
    }

    private static ObjectNode node(String kind, byte[] key, byte[] owner) {
        Base64.Encoder base64 = Base64.getEncoder();
        return new JsonMapper()
                .createObjectNode()
                .put("kind", kind)
                .put("public", base64.encodeToString(key))
                .put("owner", base64.encodeToString(owner));
    }
}
