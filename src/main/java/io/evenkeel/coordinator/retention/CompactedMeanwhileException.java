package io.evenkeel.coordinator.retention;

/**
 * Thrown if messages after the requested one were compacted after the caller read the member's row, so the caller must
 * read the row again.
 */
public final class CompactedMeanwhileException extends RuntimeException {

    CompactedMeanwhileException() {
        super("the member's messages were compacted in the meantime", null, false, false);
    }
}
