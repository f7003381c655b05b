package io.evenkeel.cli.identity;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Makes identities of devices. */
@Command(
        name = "device",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description =
                "Makes identities of devices, certified by an owner: one file for each device, for that device only.")
final class DeviceIdentityCommand implements Callable<Integer> {

    private static final int MOST = 1_000_000;

    @Option(names = "--owner", paramLabel = "FILE", required = true, description = "The owner's file.")
    @SuppressWarnings("NullAway.Init")
    private Path owner;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            required = true,
            description = "The folder of the new files device-0001.identity and so on, which are secret.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(names = "--count", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    private int count = 1;

    @Option(names = "--first", paramLabel = "N", description = "The first one's number (default: ${DEFAULT-VALUE}).")
    private int first = 1;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private OutputOptions output;

    DeviceIdentityCommand() {}

    @Override
    public Integer call() {
        if (count < 1 || count > MOST || first < 1 || first > MOST) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--count is " + count + " and --first " + first + ", expected 1 to " + MOST + " each");
        }
        OwnerKey key = KeyFiles.read(owner, OwnerKey::parse);
        List<Path> files = new ArrayList<>();
        for (int number = first; number < first + count; number++) {
            files.add(folder.resolve(String.format(Locale.ROOT, "device-%04d.identity", number)));
        }
        requireNew(files);
        KeyFiles.createFolder(folder);
        for (Path file : files) {
            KeyFiles.write(file, key.issue().text());
        }
        output.print(
                new JsonMapper()
                        .valueToTree(Map.of(
                                "files", files.stream().map(Path::toString).toList())),
                page -> List.of("wrote " + files.get(0) + (count == 1 ? "" : " to " + files.get(count - 1))
                        + "; give each to one device only"));
        return 0;
    }

    /** Nothing is written if a file exists. */
    private static void requireNew(List<Path> files) {
        for (Path file : files) {
            if (Files.exists(file)) {
                throw new CommandFailure(
                        ExitCode.CONFLICT,
                        file + " exists, and identities are not replaced: begin with another --first");
            }
        }
    }
}
