package io.evenkeel.cli.webhooks;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel webhooks}. */
@Command(
        name = "webhooks",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates, tests and deletes webhooks, which tell an address of yours what happens to runs.",
        subcommands = {
            CreateWebhookCommand.class,
            ListWebhooksCommand.class,
            ShowWebhookCommand.class,
            TestWebhookCommand.class,
            DeliveriesCommand.class,
            RedeliverCommand.class,
            DeleteWebhookCommand.class
        })
public final class WebhooksCommand extends Program {

    WebhooksCommand() {}
}
