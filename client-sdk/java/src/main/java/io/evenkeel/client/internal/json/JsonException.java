package io.evenkeel.client.internal.json;

import org.jspecify.annotations.Nullable;

/** The text is no JSON object. */
public final class JsonException extends Exception {

    private static final long serialVersionUID = 1L;

    JsonException(@Nullable String message, Exception cause) {
        super(message, cause);
    }

    JsonException(String message) {
        super(message);
    }
}
