package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** Deletes a webhook. */
@Command(name = "delete", description = "Deletes a webhook with its deliveries. Those that wait are not sent.")
final class DeleteWebhookCommand extends ApiCommand {

    @Parameters(paramLabel = "WEBHOOK", description = "The webhook's id, as 'webhooks list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String webhook;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    DeleteWebhookCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Delete webhook " + webhook + " and its deliveries?");
        client.delete(ApiPath.of("webhooks", webhook));
        var done = new JsonMapper().createObjectNode().put("id", webhook).put("deleted", true);
        output.print(done, page -> List.of("webhook " + webhook + " is deleted"));
        return 0;
    }
}
