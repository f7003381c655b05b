package io.evenkeel.cli.webhooks;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.joined;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code evenkeel webhooks}. */
@Command(
        name = "webhooks",
        description = "Creates, tests and deletes webhooks, which send events of runs to your own address.")
public final class WebhooksCommand extends Program {

    private static final String ID = "The webhook's id, from 'webhooks list'.";

    WebhooksCommand() {
        super("create", "list", "show", "test", "deliveries", "redeliver", "delete");
    }

    @Command(
            name = "create",
            description = "Creates a webhook, which gets events from now on. The secret that signs its deliveries is"
                    + " printed once, alone on standard output.",
            footer = {
                "",
                "Example:",
                "  evenkeel webhooks create https://example.org/hooks/evenkeel --events run.finished,run.failed"
            })
    void create(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "URL", description = "The address for deliveries: http or https, public.")
                    String url,
            @Option(
                            names = "--events",
                            paramLabel = "TYPE",
                            split = ",",
                            description =
                                    "Types of events, such as run.started, run.finished, run.failed, run.diverged,"
                                            + " round.quorum_missed (default: all).")
                    @Nullable
                    List<String> events,
            @Option(
                            names = "--run",
                            paramLabel = "RUN",
                            description = "The only run whose events it gets (default: every run).")
                    @Nullable
                    String run,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        JsonNode created = api.client()
                .post(
                        ApiPath.of("webhooks"),
                        JsonObject.of("url", url, "events", events, "run", run, "description", description));
        api.output()
                .printSecret(
                        created,
                        "secret",
                        () -> "webhook " + created.path("id").asString() + ", its secret is shown only once:");
    }

    @Command(name = "list", description = "Lists the webhooks, oldest first, without their secrets.")
    void list(@Mixin ApiOptions api) {
        api.print(api.get(ApiPath.of("webhooks")), WebhooksCommand::table);
    }

    private static List<String> table(JsonNode webhooks, TextLayout page) {
        if (webhooks.isEmpty()) {
            return List.of("There are no webhooks: 'evenkeel webhooks create URL' creates one.");
        }
        return new ListTable<JsonNode>(page)
                .text("ID", field("id"))
                .text("URL", field("url"))
                .text("EVENTS", WebhooksCommand::events)
                .text("RUN", field("run", "any"))
                .number("AGE", age("createdAt", page))
                .optional("DESCRIPTION", field("description", ""))
                .lines(webhooks);
    }

    private static String events(JsonNode webhook) {
        return joined(webhook.path("events"), ", ", "all");
    }

    @Command(name = "show", description = "Shows a webhook without its secret.")
    void show(@Mixin ApiOptions api, @Parameters(paramLabel = "WEBHOOK", description = ID) String webhook) {
        api.print(
                api.get(ApiPath.of("webhooks", webhook)),
                (document, page) -> new Properties()
                        .add("webhook", document.path("id").asString())
                        .add("url", document.path("url").asString())
                        .add("events", events(document))
                        .add("run", document.path("run").asString("any"))
                        .add("description", document.path("description").asString("-"))
                        .add("created", Times.moment(document.path("createdAt"), page))
                        .add("created by", document.path("createdBy").asString())
                        .lines(page));
    }

    @Command(name = "test", description = "Sends a test to a webhook. 'webhooks deliveries' shows the outcome.")
    void test(@Mixin ApiOptions api, @Parameters(paramLabel = "WEBHOOK", description = ID) String webhook) {
        JsonNode delivery = api.post(ApiPath.of("webhooks", webhook, "test"));
        api.print(
                delivery,
                () -> "delivery " + delivery.path("id").asString()
                        + " is on its way; see 'evenkeel webhooks deliveries " + webhook + "'");
    }

    @Command(
            name = "deliveries",
            description = "Lists a webhook's deliveries, newest first, with the last attempt's outcome.")
    void deliveries(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "WEBHOOK", description = ID) String webhook,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "Only those that are pending, delivered or failed.")
                    @Nullable
                    String state,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "How many to show, 1 to 1000 (default: 50).")
                    int limit,
            @Option(names = "--before", paramLabel = "ID", description = "Continue before this delivery.") @Nullable
                    Long before) {
        JsonNode deliveries = api.get(ApiPath.of("webhooks", webhook, "deliveries")
                .with("state", state)
                .with("before", before)
                .with("limit", limit));
        api.print(
                deliveries,
                (list, page) -> list.isEmpty()
                        ? List.of("There are no such deliveries: 'evenkeel webhooks test " + webhook + "' creates one.")
                        : deliveries(list, page));
    }

    private static List<String> deliveries(JsonNode deliveries, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .number("ID", field("id"))
                .text("TYPE", field("type"))
                .text("RUN", field("run", "-"))
                .text("STATE", field("state"))
                .number("ATTEMPTS", field("attempts"))
                .number("STATUS", field("status", "-"))
                .number("AGE", age("createdAt", page))
                .optional("NEXT", point("nextAttemptAt", "-"))
                .optional("ERROR", field("error", ""))
                .lines(deliveries);
    }

    @Command(name = "redeliver", description = "Sends a delivery again, with the same id and body.")
    void redeliver(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "WEBHOOK", description = ID) String webhook,
            @Parameters(paramLabel = "DELIVERY", description = "The delivery's id, from 'webhooks deliveries'.")
                    long delivery) {
        api.print(
                api.post(ApiPath.of("webhooks", webhook, "deliveries", Long.toString(delivery), "redeliver")),
                "delivery " + delivery + " is sent again");
    }

    @Command(name = "delete", description = "Deletes a webhook with its deliveries. Waiting deliveries are not sent.")
    void delete(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "WEBHOOK", description = ID) String webhook,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("Delete webhook " + webhook + " and its deliveries?");
        client.delete(ApiPath.of("webhooks", webhook));
        api.print(JsonObject.of("id", webhook, "deleted", true), "webhook " + webhook + " is deleted");
    }
}
