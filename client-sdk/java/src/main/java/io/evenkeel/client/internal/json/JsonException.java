package io.evenkeel.client.internal.json;

import org.jspecify.annotations.Nullable;

/** Thrown if a text is not a valid JSON object. */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1L;

    JsonException(@Nullable String message, Exception cause) {
        super(message, cause);
    }

    JsonException(String message) {
        super(message);
    }
}
