package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Counts the devices that match a filter. */
@Command(name = "count", description = "Counts devices, and how many of them were seen in the last day.")
final class CountDevicesCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private DeviceFilterOptions filter;

    @Option(names = "--revoked", description = "Only revoked devices.")
    private boolean revoked;

    CountDevicesCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode counts =
                client.get(filter.of(ApiPath.of("clients", "count")).with("state", revoked ? "revoked" : null));
        output.print(
                counts,
                page -> List.of(String.format(
                        Locale.ROOT,
                        "%,d of %,d devices, %,d seen in the last day",
                        counts.path("matching").asLong(),
                        counts.path("total").asLong(),
                        counts.path("seenLastDay").asLong())));
        return 0;
    }
}
