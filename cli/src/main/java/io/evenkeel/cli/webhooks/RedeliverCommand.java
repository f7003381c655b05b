package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Sends a delivery again. */
@Command(name = "redeliver", description = "Sends a delivery again, with the same id and body.")
final class RedeliverCommand extends ApiCommand {

    @Parameters(paramLabel = "WEBHOOK", description = "The webhook's id, as 'webhooks list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String webhook;

    @Parameters(paramLabel = "DELIVERY", description = "The delivery's id, as 'webhooks deliveries' shows it.")
    private long delivery;

    RedeliverCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode again =
                client.post(ApiPath.of("webhooks", webhook, "deliveries", Long.toString(delivery), "redeliver"), null);
        output.print(again, page -> List.of("delivery " + delivery + " is sent again"));
        return 0;
    }
}
