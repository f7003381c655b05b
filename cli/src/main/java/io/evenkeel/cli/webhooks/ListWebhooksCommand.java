package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Lists webhooks. */
@Command(name = "list", description = "Lists the webhooks, oldest first, without their secrets.")
final class ListWebhooksCommand extends ApiCommand {

    ListWebhooksCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode webhooks = client.get(ApiPath.of("webhooks"));
        output.print(webhooks, page -> text(webhooks, page));
        return 0;
    }

    private static List<String> text(JsonNode webhooks, TextLayout page) {
        if (webhooks.isEmpty()) {
            return List.of("There are no webhooks: 'evenkeel webhooks create URL' makes one.");
        }
        ListTable table = new ListTable(page)
                .text("ID")
                .text("URL")
                .text("EVENTS")
                .text("RUN")
                .number("AGE")
                .optional("DESCRIPTION");
        for (JsonNode webhook : webhooks) {
            table.row(
                    webhook.path("id").asString(),
                    webhook.path("url").asString(),
                    WebhookText.events(webhook),
                    webhook.path("run").asString("any"),
                    Times.age(webhook.path("createdAt"), page),
                    webhook.path("description").asString(""));
        }
        return table.lines();
    }
}
