package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.Quantity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Downloads a version. */
@Command(name = "get", description = "Downloads a version's safetensors file and verifies its SHA-256.")
final class GetVersionCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Parameters(index = "1", paramLabel = "VERSION", description = "A version's number, or @ and an alias.")
    @SuppressWarnings("NullAway.Init")
    private String version;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "Where to; an older file is replaced.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    GetVersionCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        JsonNode details = client.get(model.path("versions", version, "details"));
        String number = details.path("version").asString();
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            client.download(model.path("versions", number), part);
            String expected = details.path("sha256").asString();
            if (!sha256(part).equals(expected)) {
                throw new CommandFailure("the download's SHA-256 is not " + expected + ": try again");
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        output.print(
                details,
                page -> List.of(file + ": version " + number + ", "
                        + Quantity.bytes(details.path("bytes").asLong())));
        return 0;
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
