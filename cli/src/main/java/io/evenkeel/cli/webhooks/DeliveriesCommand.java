package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists the deliveries of a webhook. */
@Command(
        name = "deliveries",
        description = "Lists a webhook's deliveries, newest first, with the last attempt's outcome.")
final class DeliveriesCommand extends ApiCommand {

    private static final int USUAL_LIMIT = 50;

    @Parameters(paramLabel = "WEBHOOK", description = "The webhook's id, as 'webhooks list' shows it.")
    @SuppressWarnings("NullAway.Init")
    private String webhook;

    @Option(names = "--state", paramLabel = "STATE", description = "Only those that are pending, delivered or failed.")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "How many to show, 1 to 1000 (default: 50).")
    private int limit = USUAL_LIMIT;

    @Option(names = "--before", paramLabel = "ID", description = "Go on before this delivery.")
    private @Nullable Long before;

    DeliveriesCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode deliveries = client.get(ApiPath.of("webhooks", webhook, "deliveries")
                .with("state", state)
                .with("before", before)
                .with("limit", limit));
        output.print(
                deliveries,
                page -> deliveries.isEmpty()
                        ? List.of("There are no such deliveries: 'evenkeel webhooks test " + webhook + "' makes one.")
                        : WebhookText.deliveries(deliveries, page));
        return 0;
    }
}
