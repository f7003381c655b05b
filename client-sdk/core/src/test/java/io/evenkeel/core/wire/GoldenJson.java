package io.evenkeel.core.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses the JSON of the golden vectors' index without checks, since core has no JSON library. */
final class GoldenJson {

    private final String text;
    private int at;

    private GoldenJson(String text) {
        this.text = text;
    }

    /** Returns maps, lists, strings, booleans, and {@link Numeral}s. */
    static Object parse(String text) {
        return new GoldenJson(text).value();
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> object();
            case '[' -> list();
            case '"' -> string();
            default -> literal();
        };
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        while (peek() != '}') {
            String key = string();
            expect(':');
            object.put(key, value());
            skip(',');
        }
        at++;
        return object;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        at++;
        while (peek() != ']') {
            list.add(value());
            skip(',');
        }
        at++;
        return list;
    }

    private String string() {
        expect('"');
        int end = text.indexOf('"', at);
        String string = text.substring(at, end);
        if (string.contains("\\")) {
            throw new IllegalArgumentException("no escapes, please: " + string);
        }
        at = end + 1;
        return string;
    }

    private Object literal() {
        int start = at;
        while (",]} \n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String literal = text.substring(start, at);
        return literal.equals("true") || literal.equals("false")
                ? (Object) Boolean.valueOf(literal)
                : new Numeral(literal);
    }

    /** A number in its textual form. */
    record Numeral(String text) {}

    private char peek() {
        while (Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return text.charAt(at);
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw new IllegalArgumentException("expected " + wanted + " at " + at);
        }
        at++;
    }

    private void skip(char optional) {
        if (peek() == optional) {
            at++;
        }
    }
}
