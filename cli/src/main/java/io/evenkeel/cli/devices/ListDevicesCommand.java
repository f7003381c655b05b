package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Lists the enrolled devices, oldest first. */
@Command(
        name = "list",
        description = "Lists the enrolled devices, oldest first. Seen times are up to five minutes old.")
final class ListDevicesCommand extends ApiCommand {

    private static final int PAGE = 1000;
    private static final int USUAL_LIMIT = 100;

    @Option(names = "--limit", paramLabel = "N", description = "List at most so many (default: 100).")
    private int limit = USUAL_LIMIT;

    @Option(names = "--all", description = "List all of them.")
    private boolean all;

    @Option(names = "--after", paramLabel = "DEVICE", description = "Go on after this device's id.")
    private @Nullable String after;

    @Option(names = "--revoked", description = "Only revoked devices.")
    private boolean revoked;

    @Option(names = "--name", paramLabel = "TEXT", description = "Only devices whose name or id contains this text.")
    private @Nullable String name;

    ListDevicesCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        int most = all ? Integer.MAX_VALUE : limit;
        ArrayNode devices = new JsonMapper().createArrayNode();
        boolean more = collect(client, devices, most);
        output.print(devices, page -> text(devices, page));
        if (more) {
            output.note("There may be more: --all lists them, --after goes on.");
        }
        return 0;
    }

    /** Fetches pages until there are enough devices; returns whether there may be more. */
    private boolean collect(CoordinatorClient client, ArrayNode devices, int most) {
        String last = after;
        while (true) {
            JsonNode page = client.get(ApiPath.of("clients").with("after", last).with("limit", PAGE));
            for (JsonNode device : page) {
                if (devices.size() >= most) {
                    return true;
                }
                last = device.path("client").asString();
                if (isWanted(device)) {
                    devices.add(device);
                }
            }
            if (page.size() < PAGE) {
                return false;
            }
        }
    }

    private boolean isWanted(JsonNode device) {
        if (revoked && !device.path("revokedAt").isString()) {
            return false;
        }
        String text =
                (device.path("name").asString("") + " " + device.path("client").asString());
        return name == null || text.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
    }

    private static List<String> text(ArrayNode devices, TextLayout page) {
        if (devices.isEmpty()) {
            return List.of("There are no such devices: 'evenkeel tokens create' makes a token to enrol with.");
        }
        ListTable table = new ListTable(page)
                .text("DEVICE")
                .text("NAME")
                .number("SEEN")
                .text("STATE")
                .optional("RUN")
                .optionalNumber("ENROLLED")
                .optional("ENROLLED BY");
        for (JsonNode device : devices) {
            table.row(
                    device.path("client").asString(),
                    device.path("name").asString("-"),
                    Times.age(device.path("lastSeenAt"), page),
                    device.path("revokedAt").isString() ? "revoked" : "enrolled",
                    device.path("run").asString("any"),
                    Times.age(device.path("enrolledAt"), page),
                    device.path("enrolledBy").asString(""));
        }
        return table.lines();
    }
}
