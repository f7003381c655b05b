package io.evenkeel.coordinator.retention;

/** Thrown if a member's messages were compacted beyond the requested one since the caller read the member's row: the caller reads it again. */
public final class CompactedMeanwhileException extends RuntimeException {

    CompactedMeanwhileException() {
        super("the member's messages were compacted in the meantime", null, false, false);
    }
}
