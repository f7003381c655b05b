package io.evenkeel.coordinator.retention;

/**
 * Thrown if a member's messages were compacted beyond the requested one after the caller read the member's row, which
 * it must read again.
 */
public final class CompactedMeanwhileException extends RuntimeException {

    CompactedMeanwhileException() {
        super("the member's messages were compacted in the meantime", null, false, false);
    }
}
