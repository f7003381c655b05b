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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Creates a webhook. */
@Command(
        name = "create",
        description =
                "Creates a webhook, which gets what happens from now on. The secret that signs its deliveries is printed once,"
                        + " alone on standard output.",
        footer = {
            "",
            "Example:",
            "  evenkeel webhooks create https://example.org/hooks/evenkeel --events run.finished,run.failed"
        })
final class CreateWebhookCommand extends ApiCommand {

    @Parameters(paramLabel = "URL", description = "Where deliveries are posted to: http or https, a public address.")
    @SuppressWarnings("NullAway.Init")
    private String url;

    @Option(
            names = "--events",
            paramLabel = "TYPE",
            split = ",",
            description = "Types of events, such as run.started, run.finished, run.failed, run.diverged,"
                    + " round.quorum_missed (default: all).")
    private @Nullable List<String> events;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description = "The only run whose events it gets (default: every run).")
    private @Nullable String run;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    private @Nullable String description;

    CreateWebhookCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ObjectNode wish = new JsonMapper().createObjectNode().put("url", url);
        if (events != null) {
            events.forEach(wish.putArray("events")::add);
        }
        if (run != null) {
            wish.put("run", run);
        }
        if (description != null) {
            wish.put("description", description);
        }
        JsonNode created = client.post(ApiPath.of("webhooks"), wish);
        output.print(created, page -> text(created, output));
        return 0;
    }

    /** The secret alone on standard output, so that {@code SECRET=$(evenkeel webhooks create …)} works; the rest on standard error. */
    private static List<String> text(JsonNode created, OutputOptions output) {
        output.err().println("webhook " + created.path("id").asString() + ", its secret is shown this once:");
        output.err().flush();
        return List.of(created.path("secret").asString());
    }
}
