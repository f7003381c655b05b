package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sets and removes labels of a device, or of all devices that a filter chooses. */
@Command(
        name = "label",
        description = {
            "Sets labels of a device (KEY=VALUE) and removes them (KEY-). Selectors see a label in place of the"
                    + " device's attribute with the same key.",
            "With --selector instead of a device, labels all devices that match the filters. The command shows"
                    + " their number, and asks for confirmation.",
            "Devices cannot report keys that begin with operator/."
        })
final class LabelDeviceCommand extends ApiCommand {

    private static final int MAX_COUNT = 1000;

    @Parameters(
            arity = "1..*",
            paramLabel = "[DEVICE] KEY=VALUE|KEY-",
            description = {
                "The device's id, or its name if no other has it; only without --selector.",
                "The labels to set or remove."
            })
    private List<String> parameters = new ArrayList<>();

    @Mixin
    private DeviceFilterOptions filter;

    @Option(names = "--dry-run", description = "With --selector: counts the devices that would change.")
    private boolean dryRun;

    @Mixin
    private Confirmation confirmation;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        if (filter.hasSelector()) {
            labelAll(client, output);
        } else {
            labelOne(client, output);
        }
        return 0;
    }

    private void labelAll(CoordinatorClient client, OutputOptions output) throws IOException {
        ObjectNode patch = patch(parameters);
        ApiPath devices = filter.of(ApiPath.of("clients", "labels"));
        JsonNode outcome = client.patch(devices.with("dryRun", true), patch);
        if (!dryRun) {
            confirmation.require(
                    text("Change the labels of %,d devices at ", outcome) + client.address() + "?",
                    "Their current labels are not kept");
            outcome = client.patch(devices, patch);
        }
        String line = text(dryRun ? "%,d devices would change" : "%,d devices changed", outcome);
        output.print(outcome, page -> List.of(line));
    }

    private static String text(String format, JsonNode outcome) {
        return String.format(Locale.ROOT, format, outcome.path("changed").asLong());
    }

    private void labelOne(CoordinatorClient client, OutputOptions output) {
        List<String> changes = parameters.subList(1, parameters.size());
        if (dryRun || filter.hasAny() || changes.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "expected a device and at least one KEY=VALUE or KEY-; to label many devices, choose them with"
                            + " --selector");
        }
        ObjectNode patch = patch(changes);
        String id = id(client, parameters.get(0));
        JsonNode document = client.patch(ApiPath.of("clients", id, "labels"), patch);
        output.print(
                document,
                page -> List.of("device " + id + " has the labels " + DeviceAttributes.text(document.path("labels"))));
    }

    private static ObjectNode patch(List<String> changes) {
        ObjectNode patch = new JsonMapper().createObjectNode();
        changes.forEach(change -> add(patch, change));
        return patch;
    }

    private static void add(ObjectNode patch, String change) {
        int equals = change.indexOf('=');
        if (equals > 0) {
            patch.put(change.substring(0, equals), change.substring(equals + 1));
        } else if (equals < 0 && change.length() > 1 && change.endsWith("-")) {
            patch.putNull(change.substring(0, change.length() - 1));
        } else {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "'" + change + "' is not a label: write KEY=VALUE to set one, or KEY- to remove it");
        }
    }

    /**
     * Returns a device's id.
     *
     * @param text its id, or its name if no other device has it
     * @throws CommandFailure if there is no such device, or more than one
     */
    private static String id(CoordinatorClient client, String text) {
        List<String> named = new ArrayList<>();
        for (JsonNode device :
                client.get(ApiPath.of("clients").with("search", text).with("limit", MAX_COUNT))) {
            String id = device.path("client").asString();
            if (id.equals(text)) {
                return id;
            }
            if (device.path("name").asString("").equals(text)) {
                named.add(id);
            }
        }
        if (named.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "there is no device with the id or name '" + text + "': see 'evenkeel devices list'");
        }
        if (named.size() > 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    named.size() + " devices have the name '" + text + "': give the id of one, such as "
                            + named.get(0));
        }
        return named.get(0);
    }
}
