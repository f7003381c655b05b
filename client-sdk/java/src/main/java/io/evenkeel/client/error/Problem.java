package io.evenkeel.client.error;

/**
 * A refusal of the coordinator, from its problem document (RFC 9457).
 *
 * @param type {@code urn:evenkeel:problem:<slug>}, or {@code about:blank} if the answer was no problem document
 * @param title what kind of problem, in a few words
 * @param status the HTTP status
 * @param detail what was wrong with which field or byte; may be empty
 * @param action what to do now; may be empty
 */
public record Problem(String type, String title, int status, String detail, String action) {

    private static final String PREFIX = "urn:evenkeel:problem:";

    /** Returns the part of the type that tells problems apart, such as {@code round-closed}; empty for foreign types. */
    public String slug() {
        return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : "";
    }

    /** Tells whether this is the named problem. */
    public boolean is(String slug) {
        return slug().equals(slug);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("coordinator answered ").append(status);
        text.append(": ").append(title);
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        if (!action.isEmpty()) {
            text.append(" [").append(action).append(']');
        }
        return text.toString();
    }
}
