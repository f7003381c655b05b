package io.evenkeel.cli.runs;

import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.TextLayout;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats a change of a run's definition as text. */
final class RevisionText {

    private RevisionText() {}

    /** Returns a table of the fields before and after. */
    static List<String> changes(JsonNode revision, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("FIELD", field("field"))
                .text("BEFORE", change -> value(change.path("from")))
                .text("AFTER", change -> value(change.path("to")))
                .lines(revision.path("changes"));
    }

    static List<String> list(JsonNode revisions, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .number("REVISION", field("number"))
                .number("FROM ROUND", field("fromRound"))
                .text("CHANGE", RevisionText::brief)
                .text("REASON", field("reason", ""))
                .text("WHO", field("changedBy"))
                .optional("TIME", point("changedAt", ""))
                .lines(revisions);
    }

    /** Returns the fields before and after in one line. */
    private static String brief(JsonNode revision) {
        return revision.path("changes")
                .valueStream()
                .map(change -> change.path("field").asString() + " " + value(change.path("from")) + " -> "
                        + value(change.path("to")))
                .collect(Collectors.joining(", "));
    }

    static String effect(JsonNode revision) {
        int round = revision.path("fromRound").asInt();
        return "from round " + round + " on"
                + (round == 0
                        ? ""
                        : ", or earlier if round " + (round - 1) + " is extended because messages are missing");
    }

    private static String value(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "none";
        }
        return value.isString() ? duration(value.asString()) : value.asString();
    }

    private static String duration(String text) {
        try {
            return shortest(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    private static String shortest(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds >= 3600 && seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds >= 120 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
