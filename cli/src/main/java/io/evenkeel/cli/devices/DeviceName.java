package io.evenkeel.cli.devices;

import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Finds a device by its id or its name. */
final class DeviceName {

    private static final int MOST = 1000;

    private DeviceName() {}

    /**
     * Returns a device's id.
     *
     * @param text its id, or its name if no other device has it
     * @throws CommandFailure if there is no such device, or more than one
     */
    static String id(CoordinatorClient client, String text) {
        List<String> named = new ArrayList<>();
        for (JsonNode device :
                client.get(ApiPath.of("clients").with("search", text).with("limit", MOST))) {
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
