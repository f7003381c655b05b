package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.internal.http.PrintableText;
import io.evenkeel.client.internal.json.Json;
import io.evenkeel.client.internal.json.JsonException;
import io.evenkeel.core.wire.Digest;
import java.math.BigInteger;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a JSON object from the coordinator and checks the type of each. */
final class JsonFields {

    private final String what;
    private final Map<?, ?> values;

    private JsonFields(String what, Map<?, ?> values) {
        this.what = what;
        this.values = values;
    }

    /**
     * Reads an object.
     *
     * @param what the name of the object in error messages
     * @throws EvenkeelException if the bytes are not a JSON object
     */
    static JsonFields parse(String what, byte[] json) {
        try {
            return new JsonFields(what, Json.parse(json));
        } catch (JsonException e) {
            throw new EvenkeelException(
                    what + " is not a JSON object: " + PrintableText.of(String.valueOf(e.getMessage()))
                            + ": check that the endpoint is an Evenkeel coordinator",
                    e);
        }
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    String text(String name) {
        return need(name, optionalText(name), "a string");
    }

    /** Returns a string that must be a valid name. */
    String name(String name) {
        String value = text(name);
        if (!Names.isName(value)) {
            throw wrong(name, value, Names.EXPECTED);
        }
        return value;
    }

    @Nullable
    String optionalText(String name) {
        Object value = values.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrong(name, value, "a string");
        }
        if (value != null && PrintableText.hasControls((String) value)) {
            throw wrong(name, value, "a string without control characters");
        }
        return (String) value;
    }

    /** Returns a string for display, with control characters escaped. */
    String message(String name, String absent) {
        return values.get(name) instanceof String text ? PrintableText.of(text) : absent;
    }

    long integer(String name) {
        return need(name, optionalInteger(name), "an integer");
    }

    @Nullable
    Long optionalInteger(String name) {
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        // nanojson reads numbers of 19 digits as BigInteger, even if they fit.
        if (value instanceof BigInteger large && large.bitLength() < Long.SIZE) {
            return large.longValue();
        }
        throw wrong(name, value, "a 64-bit integer");
    }

    int natural(String name) {
        return natural(name, integer(name));
    }

    int naturalOr(String name, int absent) {
        Long value = optionalInteger(name);
        return value == null ? absent : natural(name, value);
    }

    private int natural(String name, long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw wrong(name, value, "0 to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    boolean flag(String name) {
        if (values.get(name) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(name, values.get(name), "true or false");
    }

    /** Returns whether a field that may be absent is true. */
    boolean optionalFlag(String name) {
        return values.get(name) != null && flag(name);
    }

    double number(String name) {
        if (values.get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, values.get(name), "a number");
    }

    @Nullable
    Instant optionalInstant(String name) {
        String text = optionalText(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(name, text, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    long digest(String name) {
        String text = text(name);
        try {
            return Digest.parseHex(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, text, "a digest of 16 hex digits");
        }
    }

    JsonFields object(String name) {
        return need(name, optionalObject(name).orElse(null), "an object");
    }

    Optional<JsonFields> optionalObject(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map<?, ?> map) {
            return Optional.of(new JsonFields(what + "." + name, map));
        }
        throw wrong(name, value, "an object");
    }

    List<JsonFields> objects(String name) {
        return list(name).stream()
                .map(value -> {
                    if (value instanceof Map<?, ?> map) {
                        return new JsonFields(what + "." + name, map);
                    }
                    throw wrong(name, value, "a list of objects");
                })
                .collect(Collectors.toList());
    }

    List<Integer> integers(String name) {
        return list(name, Number.class, "a list of integers").stream()
                .map(number -> {
                    // nanojson reads numbers of ten digits as Long, even if they fit.
                    if (number instanceof Integer
                            || (number instanceof Long && number.longValue() == number.intValue())) {
                        return number.intValue();
                    }
                    throw wrong(name, number, "a list of 32-bit integers");
                })
                .collect(Collectors.toList());
    }

    List<String> texts(String name) {
        return list(name, String.class, "a list of strings").stream()
                .map(text -> {
                    if (PrintableText.hasControls(text)) {
                        throw wrong(name, text, "a list of strings without control characters");
                    }
                    return text;
                })
                .collect(Collectors.toList());
    }

    private <T> List<T> list(String name, Class<T> kind, String expected) {
        return list(name).stream()
                .map(value -> {
                    if (kind.isInstance(value)) {
                        return kind.cast(value);
                    }
                    throw wrong(name, value, expected);
                })
                .collect(Collectors.toList());
    }

    private List<?> list(String name) {
        if (values.get(name) instanceof List<?> list) {
            return list;
        }
        throw wrong(name, values.get(name), "a list");
    }

    private <T> T need(String name, @Nullable T value, String expected) {
        if (value == null) {
            throw wrong(name, null, expected);
        }
        return value;
    }

    private EvenkeelException wrong(String name, @Nullable Object value, String expected) {
        return new EvenkeelException(what + " has '" + name + "' = " + PrintableText.of(String.valueOf(value))
                + ", expected " + expected + ": check that the coordinator's version matches this client's");
    }
}
