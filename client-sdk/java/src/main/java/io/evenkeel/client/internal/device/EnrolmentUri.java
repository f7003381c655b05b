package io.evenkeel.client.internal.device;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of an enrolment token's QR code: {@code evenkeel://enrol?coordinator=URL&token=TOKEN&run=RUN}, each value
 * percent-encoded, the run only if the token is for one run.
 *
 * @param coordinator the coordinator's address
 * @param token the enrolment token
 * @param run the only run that the token is for, or null
 */
public record EnrolmentUri(
        URI coordinator, String token, @Nullable String run) {

    private static final String FORM = "evenkeel://enrol?coordinator=https%3A%2F%2Ffleet.example&token=evk_enrol_...";

    /**
     * Reads a URI. Parameters that are not known are ignored.
     *
     * @throws IllegalArgumentException if it does not have this form; the message does not contain the token
     */
    public static EnrolmentUri parse(String text) {
        Map<String, String> values = values(text);
        return new EnrolmentUri(
                URI.create(required(values, "coordinator")), required(values, "token"), values.get("run"));
    }

    private static Map<String, String> values(String text) {
        URI uri;
        try {
            uri = URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            // The exception's message would contain the token.
            throw refusal("it is not a URI");
        }
        if (!"evenkeel".equals(uri.getScheme()) || !"enrol".equals(uri.getHost()) || uri.getRawQuery() == null) {
            throw refusal("it does not begin with evenkeel://enrol?");
        }
        Map<String, String> values = new HashMap<>();
        for (String parameter : uri.getRawQuery().split("&", -1)) {
            // Decodes percent escapes of one parameter, whose value may contain an escaped '&'.
            String decoded = URI.create("?" + parameter).getQuery();
            int equals = decoded.indexOf('=');
            if (equals > 0) {
                values.put(decoded.substring(0, equals), decoded.substring(equals + 1));
            }
        }
        return values;
    }

    private static String required(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw refusal("it has no '" + name + "'");
        }
        return value;
    }

    private static IllegalArgumentException refusal(String why) {
        return new IllegalArgumentException(
                "the enrolment URI cannot be read (" + why + "): expected one from the console, such as " + FORM);
    }

    /** Omits the token. */
    @Override
    public String toString() {
        return "EnrolmentUri[coordinator=" + coordinator + ", run=" + run + "]";
    }
}
