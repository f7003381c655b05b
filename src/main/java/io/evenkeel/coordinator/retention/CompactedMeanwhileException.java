package io.evenkeel.coordinator.retention;

/** Says that a member's messages were folded further than asked for since the caller looked: it should look again. */
public final class CompactedMeanwhileException extends RuntimeException {

    CompactedMeanwhileException() {
        super("the member's messages were folded in the meantime", null, false, false);
    }
}
