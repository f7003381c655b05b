package io.evenkeel.tools;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A path of the API with its query, such as {@code /runs/digits/rounds?from=3}; names in it are encoded. Immutable. */
public final class ApiPath {

    private final String text;

    private ApiPath(String text) {
        this.text = text;
    }

    /** Creates the path of these segments, which may contain any characters. */
    public static ApiPath of(String... segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return new ApiPath(path.toString());
    }

    /** Returns the path with a further parameter, or this one if the value is null. */
    public ApiPath with(String parameter, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        char separator = text.indexOf('?') < 0 ? '?' : '&';
        return new ApiPath(text + separator + parameter + "=" + encode(value.toString()));
    }

    // A segment of dots would be interpreted as a relative path.
    private static String encode(String text) {
        String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        return encoded.matches("\\.+") ? encoded.replace(".", "%2E") : encoded;
    }

    /** Returns the encoded path and query. */
    @Override
    public String toString() {
        return text;
    }
}
