package io.evenkeel.cli.identity;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.secagg.OwnerKey;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Makes the key pair of an owner. */
@Command(
        name = "owner",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = {
            "Makes the key of an owner, who vouches for devices. Prints its public key, which a run names in"
                    + " secureAggregation.owners, alone on standard output."
        })
final class OwnerIdentityCommand implements Callable<Integer> {

    @Option(names = "--out", paramLabel = "FILE", required = true, description = "The new file, which is secret.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private OutputOptions output;

    OwnerIdentityCommand() {}

    @Override
    public Integer call() {
        OwnerKey owner = OwnerKey.generate();
        KeyFiles.write(file, owner.text());
        String key = Base64.getEncoder().encodeToString(owner.publicKey());
        output.err().println("wrote " + file + "; keep it secret and away from the coordinator. Its public key:");
        output.err().flush();
        output.print(new JsonMapper().valueToTree(Map.of("owner", key)), page -> List.of(key));
        return 0;
    }
}
