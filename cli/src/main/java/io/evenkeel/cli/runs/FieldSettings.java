package io.evenkeel.cli.runs;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Creates a merge patch from settings such as {@code participants.min=3}. */
final class FieldSettings {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern SETTING = Pattern.compile("([A-Za-z]+(?:\\.[A-Za-z]+)*)=(.*)", Pattern.DOTALL);
    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");
    private static final Pattern REAL = Pattern.compile("-?(\\d{1,18}\\.?\\d{0,18}|\\.\\d{1,18})([eE][+-]?\\d{1,3})?");

    private FieldSettings() {}

    /**
     * Returns the patch.
     *
     * @throws CommandFailure if a text is not a setting, or a field is set twice
     */
    static ObjectNode patch(List<String> settings) {
        ObjectNode patch = JSON.objectNode();
        for (String setting : settings) {
            Matcher matcher = SETTING.matcher(setting);
            if (!matcher.matches()) {
                throw refusal(setting, "is not a setting: expected a field and a value, such as time.max=90s");
            }
            String field = matcher.group(1);
            put(patch, field.split("\\.", -1), value(field, setting, matcher.group(2)), setting);
        }
        return patch;
    }

    private static void put(ObjectNode patch, String[] path, JsonNode value, String setting) {
        ObjectNode parent = patch;
        for (int i = 0; i < path.length - 1; i++) {
            JsonNode known = parent.get(path[i]);
            if (known != null && !known.isObject()) {
                throw setTwice(setting);
            }
            parent = parent.withObjectProperty(path[i]);
        }
        String field = path[path.length - 1];
        if (parent.has(field)) {
            throw setTwice(setting);
        }
        parent.set(field, value);
    }

    private static JsonNode value(String field, String setting, String text) {
        if (text.equals("none")) {
            return JSON.nullNode();
        }
        if (field.equals("description")) {
            return JSON.stringNode(text);
        }
        if (field.equals("tags") && !text.startsWith("[")) {
            ArrayNode tags = JSON.arrayNode();
            COMMA.splitAsStream(text).map(String::strip).forEach(tags::add);
            return tags;
        }
        if (text.startsWith("[") || text.startsWith("{")) {
            return json(setting, text);
        }
        if (WHOLE.matcher(text).matches()) {
            long number = Long.parseLong(text);
            return number == (int) number ? JSON.numberNode((int) number) : JSON.numberNode(number);
        }
        return REAL.matcher(text).matches() ? JSON.numberNode(Double.parseDouble(text)) : JSON.stringNode(text);
    }

    private static JsonNode json(String setting, String text) {
        try {
            return new JsonMapper().readTree(text);
        } catch (JacksonException e) {
            throw refusal(setting, "has a value that is not JSON: " + e.getOriginalMessage());
        }
    }

    private static CommandFailure setTwice(String setting) {
        return refusal(setting, "sets a field for the second time: leave one out");
    }

    private static CommandFailure refusal(String setting, String why) {
        return new CommandFailure(ExitCode.USAGE, "'" + setting + "' " + why);
    }
}
