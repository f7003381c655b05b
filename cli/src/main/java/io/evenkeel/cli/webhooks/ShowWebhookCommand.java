package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows a webhook. */
@Command(name = "show", description = "Shows a webhook without its secret.")
final class ShowWebhookCommand extends ApiCommand {

    @Parameters(paramLabel = "WEBHOOK", description = "The webhook's id, as 'webhooks list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String webhook;

    ShowWebhookCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode document = client.get(ApiPath.of("webhooks", webhook));
        output.print(
                document,
                page -> new Properties()
                        .add("webhook", document.path("id").asString())
                        .add("url", document.path("url").asString())
                        .add("events", WebhookText.events(document))
                        .add("run", document.path("run").asString("any"))
                        .add("description", document.path("description").asString("-"))
                        .add("created", Times.moment(document.path("createdAt"), page))
                        .add("created by", document.path("createdBy").asString())
                        .lines(page));
        return 0;
    }
}
