package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Sends a test to a webhook. */
@Command(name = "test", description = "Sends a test to a webhook. 'webhooks deliveries' shows what became of it.")
final class TestWebhookCommand extends ApiCommand {

    @Parameters(paramLabel = "WEBHOOK", description = "The webhook's id, as 'webhooks list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String webhook;

    TestWebhookCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode delivery = client.post(ApiPath.of("webhooks", webhook, "test"), null);
        output.print(
                delivery,
                page -> List.of("delivery " + delivery.path("id").asString()
                        + " is on its way; see 'evenkeel webhooks deliveries " + webhook + "'"));
        return 0;
    }
}
