package io.evenkeel.cli.devices;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeleteOptions;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code evenkeel devices}. */
@Command(
        name = "devices",
        description = "Lists, counts, shows, labels, revokes and deletes enrolled devices.",
        subcommands = LabelDeviceCommand.class)
public final class DevicesCommand extends Program {

    DevicesCommand() {
        super("list", "count", "show", "label", "revoke", "delete");
    }

    @Command(name = "list", description = "Lists the enrolled devices, oldest first.")
    void list(
            @Mixin ApiOptions api,
            @Mixin DeviceFilterOptions filter,
            @Option(names = "--revoked", description = "Only revoked devices.") boolean revoked,
            @Mixin PageOptions pages) {
        api.print(
                pages,
                filter.of(ApiPath.of("clients")).with("state", revoked ? "revoked" : null),
                "client",
                DevicesCommand::table);
    }

    private static List<String> table(JsonNode devices, TextLayout page) {
        if (devices.isEmpty()) {
            return List.of("There are no such devices: 'evenkeel tokens create' creates a token to enrol with.");
        }
        return new ListTable<JsonNode>(page)
                .text("DEVICE", field("client"))
                .text("NAME", field("name", "-"))
                .number("SEEN", age("lastSeenAt", page))
                .text("STATE", device -> device.path("revokedAt").isString() ? "revoked" : "enrolled")
                .optional("ATTRIBUTES", DeviceAttributes::visible)
                .optional("RUN", field("run", "any"))
                .optionalNumber("ENROLLED", age("enrolledAt", page))
                .optional("ENROLLED BY", field("enrolledBy", ""))
                .lines(devices);
    }

    @Command(name = "count", description = "Counts devices, and how many of them were seen in the last day.")
    void count(
            @Mixin ApiOptions api,
            @Mixin DeviceFilterOptions filter,
            @Option(names = "--revoked", description = "Only revoked devices.") boolean revoked) {
        JsonNode counts = api.get(filter.of(ApiPath.of("clients", "count")).with("state", revoked ? "revoked" : null));
        api.print(
                counts,
                () -> String.format(
                        Locale.ROOT,
                        "%,d of %,d devices, %,d seen in the last day",
                        counts.path("matching").asLong(),
                        counts.path("total").asLong(),
                        counts.path("seenLastDay").asLong()));
    }

    @Command(name = "show", description = "Shows a device.")
    void show(@Mixin ApiOptions api, @Parameters(paramLabel = "DEVICE", description = "The device's id.") String id) {
        api.print(
                api.get(ApiPath.of("clients", id)),
                (device, page) -> new Properties()
                        .add("device", device.path("client").asString())
                        .add("name", device.path("name").asString("-"))
                        .add("attributes", DeviceAttributes.text(device.path("attributes")))
                        .add("labels", DeviceAttributes.text(device.path("labels")))
                        .add("run", device.path("run").asString("any"))
                        .add("certificate", device.path("certificate").asString(""))
                        .add("enrolled", Times.moment(device.path("enrolledAt"), page))
                        .add("enrolled by", device.path("enrolledBy").asString(""))
                        .add("last seen", Times.moment(device.path("lastSeenAt"), page))
                        .add("revoked", Times.moment(device.path("revokedAt"), page))
                        .lines(page));
    }

    @Command(
            name = "revoke",
            description =
                    "Revokes a device for good: its secret is refused from now on, and its part leaves the sums of its"
                            + " runs.")
    void revoke(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "DEVICE", description = "The device's id.") String id,
            @Mixin Confirmation confirmation)
            throws IOException {
        ApiPath device = ApiPath.of("clients", id);
        CoordinatorClient client = api.client();
        confirmation.require("Revoke device " + id + " for good?");
        client.delete(device);
        api.print(client.get(device), "device " + id + " is revoked");
    }

    @Command(
            name = "delete",
            description =
                    "Deletes a revoked device for good: its name, attributes and labels, including those in evaluations, roll-outs"
                            + " and the audit log. Its contributions to models stay. If it took part in a"
                            + " run, its id stays for the run's receipts until the run is deleted.")
    void delete(@Mixin ApiOptions api, @Mixin DeleteOptions deletion) throws IOException {
        deletion.delete(
                api,
                "devices",
                "device",
                id -> ApiPath.of("clients", id, "record"),
                (asking, id) -> asking.require("Delete device '" + id
                        + "' for good, with its name, attributes and labels? Its contributions to models stay, as does its"
                        + " id in the receipts of runs."));
    }
}
