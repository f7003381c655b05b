package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sets and removes labels of a device. */
@Command(
        name = "label",
        description = {
            "Sets labels of a device (KEY=VALUE) and removes them (KEY-). Selectors see a label in place of the device's"
                    + " attribute with the same key.",
            "Devices cannot report keys that begin with operator/."
        })
final class LabelDeviceCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device's id, or its name if no other has it.")
    @SuppressWarnings("NullAway.Init")
    private String device;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY=VALUE|KEY-", description = "What to set or remove.")
    private List<String> changes = new ArrayList<>();

    LabelDeviceCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ObjectNode patch = new JsonMapper().createObjectNode();
        changes.forEach(change -> add(patch, change));
        String id = DeviceName.id(client, device);
        JsonNode document = client.patch(ApiPath.of("clients", id, "labels"), patch);
        output.print(
                document,
                page -> List.of("device " + id + " has the labels " + DeviceAttributes.text(document.path("labels"))));
        return 0;
    }

    private static void add(ObjectNode patch, String change) {
        int equals = change.indexOf('=');
        if (equals > 0) {
            patch.put(change.substring(0, equals), change.substring(equals + 1));
        } else if (equals < 0 && change.length() > 1 && change.endsWith("-")) {
            patch.putNull(change.substring(0, change.length() - 1));
        } else {
            throw new CommandFailure(
                    ExitCode.USAGE, "'" + change + "' is no label: write KEY=VALUE to set one, or KEY- to remove it");
        }
    }
}
