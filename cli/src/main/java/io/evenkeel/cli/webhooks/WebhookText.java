package io.evenkeel.cli.webhooks;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Texts of webhooks and deliveries for people. */
final class WebhookText {

    private WebhookText() {}

    /** Returns the types of events that a webhook gets. */
    static String events(JsonNode webhook) {
        JsonNode events = webhook.path("events");
        return events.isEmpty()
                ? "all"
                : StreamSupport.stream(events.spliterator(), false)
                        .map(JsonNode::asString)
                        .collect(Collectors.joining(", "));
    }

    /** Returns a table of deliveries. */
    static List<String> deliveries(Iterable<JsonNode> deliveries, TextLayout page) {
        ListTable table = new ListTable(page)
                .number("ID")
                .text("TYPE")
                .text("RUN")
                .text("STATE")
                .number("ATTEMPTS")
                .number("STATUS")
                .number("AGE")
                .optional("NEXT")
                .optional("ERROR");
        for (JsonNode delivery : deliveries) {
            table.row(
                    delivery.path("id").asString(),
                    delivery.path("type").asString(),
                    delivery.path("run").asString("-"),
                    delivery.path("state").asString(),
                    delivery.path("attempts").asString(),
                    delivery.path("status").asString("-"),
                    Times.age(delivery.path("createdAt"), page),
                    delivery.path("nextAttemptAt").isString() ? Times.point(delivery.path("nextAttemptAt")) : "-",
                    delivery.path("error").asString(""));
        }
        return table.lines();
    }
}
