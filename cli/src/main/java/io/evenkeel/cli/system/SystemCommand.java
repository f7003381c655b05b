package io.evenkeel.cli.system;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Shows the installation. */
@Command(
        name = "system",
        description =
                "Shows the installation: replicas, leases, database, memory, verifications of runs, and the alerts that"
                        + " fire if a Prometheus is configured.")
public final class SystemCommand extends ApiCommand {

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode system = client.get(ApiPath.of("system"));
        output.print(system, page -> text(system, page));
        return 0;
    }

    private static List<String> text(JsonNode system, TextLayout page) {
        List<String> lines = new ArrayList<>(properties(system).lines(page));
        section(lines, "Acknowledged messages can be lost", texts(system.path("warnings")));
        section(lines, "Missing in the object store", texts(system.path("missingObjects")));
        section(lines, "Replicas", replicas(system.path("replicas"), page));
        section(lines, "Leases", leases(system.path("leases"), page));
        section(lines, "Verifications of runs", checks(system.path("checks"), page));
        section(lines, "Firing alerts", alerts(system.path("alerts"), page));
        return lines;
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static Properties properties(JsonNode system) {
        JsonNode me = system.path("answeredBy");
        JsonNode database = system.path("database");
        JsonNode heap = system.path("heap");
        JsonNode disk = database.path("disk");
        return new Properties()
                .add("version", me.path("version").asString())
                .add("java", me.path("java").asString())
                .add("answered by", me.path("name").asString())
                .add("started", Times.point(me.path("startedAt")))
                .add("heap", of(heap.path("usedBytes"), heap.path("maximumBytes"), " used of "))
                .add("database", database.path("product").asString())
                .add("size", bytes(database.path("bytes")))
                .add(
                        "schema",
                        "version " + database.path("schemaVersion").asString() + ", "
                                + database.path("migrations").asInt() + " migrations")
                .add("disk", disk.isObject() ? of(disk.path("freeBytes"), disk.path("totalBytes"), " free of ") : "")
                .add("objects", database.path("objects").path("problem").asString(""));
    }

    private static String of(JsonNode part, JsonNode whole, String words) {
        return bytes(part) + words + bytes(whole);
    }

    private static String bytes(JsonNode value) {
        return value.isNumber() ? Quantity.bytes(value.asLong()) : "";
    }

    private static void section(List<String> lines, String title, List<String> content) {
        if (!content.isEmpty()) {
            lines.add("");
            lines.add(title);
            lines.addAll(content);
        }
    }

    private static List<String> replicas(JsonNode replicas, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("NAME", field("name"))
                .text("STATE", one -> one.path("alive").asBoolean() ? "alive" : "silent")
                .text("SEEN", age("seenAt", page))
                .optional("VERSION", field("version"))
                .optional("STARTED", point("startedAt", ""))
                .lines(replicas);
    }

    private static List<String> leases(JsonNode leases, TextLayout page) {
        if (leases.isEmpty()) {
            return List.of();
        }
        return new ListTable<JsonNode>(page)
                .text("RUN", field("run"))
                .text("ADVANCED BY", field("holder"))
                .optional("UNTIL", point("until", "-"))
                .lines(leases);
    }

    private static List<String> checks(JsonNode checks, TextLayout page) {
        if (checks.isEmpty()) {
            return List.of();
        }
        return new ListTable<JsonNode>(page)
                .text("RUN", field("run"))
                .text("OUTCOME", field("outcome"))
                .number("ROUND", field("round", "-"))
                .number("DIFFERENCE", field("relativeDifference", "-"))
                .text("WHEN", age("at", page))
                .lines(checks);
    }

    private static List<String> alerts(JsonNode alerts, TextLayout page) {
        if (!alerts.isObject()) {
            return List.of();
        }
        if (alerts.path("problem").isString()) {
            return List.of(alerts.path("problem").asString());
        }
        if (alerts.path("firing").isEmpty()) {
            return List.of("None.");
        }
        return new ListTable<JsonNode>(page)
                .text("ALERT", field("name"))
                .text("RUN", field("run", "-"))
                .text("SINCE", age("since", page))
                .optional("SEVERITY", field("severity", "-"))
                .optional("SUMMARY", field("summary", ""))
                .lines(alerts.path("firing"));
    }
}
