package io.evenkeel.client.internal.json;

import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Converts between JSON objects in UTF-8 and maps of strings, numbers, booleans, nulls, lists and maps. */
public final class Json {

    /** The maximum depth: the parser is recursive, and the coordinator's responses have three levels. */
    private static final int MAX_DEPTH = 64;

    private Json() {}

    /**
     * Reads an object.
     *
     * @throws JsonException if the bytes are not a JSON object, or it is nested more deeply than any response
     *     of a coordinator
     */
    public static Map<String, Object> parse(byte[] utf8) throws JsonException {
        checkDepth(utf8);
        try {
            return JsonParser.object().from(new String(utf8, StandardCharsets.UTF_8));
        } catch (JsonParserException e) {
            throw new JsonException(e.getMessage(), e);
        }
    }

    /** Writes an object. */
    public static byte[] write(Map<String, ?> fields) {
        return JsonWriter.string(fields).getBytes(StandardCharsets.UTF_8);
    }

    private static void checkDepth(byte[] utf8) throws JsonException {
        int depth = 0;
        boolean inText = false;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (inText) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    inText = false;
                }
            } else if (b == '"') {
                inText = true;
            } else if (b == '{' || b == '[') {
                if (++depth > MAX_DEPTH) {
                    throw new JsonException("nested deeper than " + MAX_DEPTH + " levels at byte " + i);
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
    }
}
