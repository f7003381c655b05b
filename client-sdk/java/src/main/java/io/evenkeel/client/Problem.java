package io.evenkeel.client;

/**
 * An error from the coordinator, read from its problem document (RFC 9457).
 *
 * @param uri the document's {@code type}, {@code urn:evenkeel:problem:<slug>}; {@code about:blank} if the response was
 *     not a problem document
 * @param title the kind of problem, in a few words
 * @param status the HTTP status
 * @param detail the wrong field or byte, and what is wrong with it; may be empty
 * @param action the action to take; may be empty
 */
public record Problem(String uri, String title, int status, String detail, String action) {

    /** Returns the kind of problem. */
    public ProblemType type() {
        return ProblemType.of(uri);
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
