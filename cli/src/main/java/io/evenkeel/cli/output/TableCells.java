package io.evenkeel.cli.output;

import io.evenkeel.tools.terminal.Quantity;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats the cells of a table from documents of the API. */
public final class TableCells {

    private TableCells() {}

    /** Returns a field that every document has. */
    public static Function<JsonNode, String> field(String name) {
        return document -> document.path(name).asString();
    }

    /** Returns a field, or a replacement if it is missing. */
    public static Function<JsonNode, String> field(String name, String absent) {
        return document -> document.path(name).asString(absent);
    }

    /** Returns a count and its total, such as {@code 3/10}. */
    public static Function<JsonNode, String> ratio(String count, String total) {
        return document ->
                document.path(count).asInt() + "/" + document.path(total).asInt();
    }

    /** Returns a number of bytes with its unit. */
    public static Function<JsonNode, String> bytes(String name) {
        return document -> Quantity.bytes(document.path(name).asLong());
    }

    /** Returns the age of the time in a field; empty if the field is missing. */
    public static Function<JsonNode, String> age(String name, TextLayout page) {
        return document -> Times.age(document.path(name), page);
    }

    /** Returns the time in a field, or a replacement if it is missing. */
    public static Function<JsonNode, String> point(String name, String absent) {
        return document -> document.path(name).isString() ? Times.point(document.path(name)) : absent;
    }

    /** Returns the texts of a list with a separator between them, or a replacement if the list is empty. */
    public static String joined(JsonNode texts, String separator, String absent) {
        return texts.isEmpty()
                ? absent
                : texts.valueStream().map(JsonNode::asString).collect(Collectors.joining(separator));
    }
}
