package io.evenkeel.core.wire;

/**
 * Says that bytes are not what client-sdk/FORMAT.md calls for: where, what was found, what was expected and what to do now.
 * Every decoder of this package throws it, and nothing else, whatever bytes it is given.
 */
public final class WireException extends RuntimeException {

    /** What kind of thing is wrong, and what its sender can do about it. */
    public enum Fault {
        /** The first bytes belong to another format. */
        WRONG_MAGIC("check that the right body was sent to the right address with the right Content-Type"),
        /** The version is not one this reader knows. */
        UNSUPPORTED_VERSION("use the SDK release that belongs to this coordinator, or update the older of the two"),
        /** The bytes end before what they announce. */
        TRUNCATED("send the whole of it again"),
        /** More bytes follow behind the end. */
        TRAILING_BYTES("send nothing behind the end"),
        /** The checksum does not match. */
        CORRUPTED("send it again, and if that does not help, encode it again"),
        /** More values or bytes than the reader allows. */
        LIMIT_EXCEEDED("keep to what the run's plan allows"),
        /** Another number of coordinates than the run's model has. */
        WRONG_DIMENSION("compute with this run's model"),
        /** An index out of range, or another number of indices than announced. */
        INVALID_INDEX("correct the encoder after FORMAT.md"),
        /** A number that is not finite or out of its range. */
        INVALID_VALUE("send finite numbers within their ranges"),
        /** Bytes that say in another way what there is only one way to say. */
        NOT_CANONICAL("correct the encoder after FORMAT.md");

        private final String action;

        Fault(String action) {
            this.action = action;
        }

        /** Returns what to do now, as half a sentence. */
        public String action() {
            return action;
        }
    }

    private final Fault fault;
    private final int position;

    WireException(Fault fault, int position, String found, String expected) {
        super("byte " + position + ": found " + found + ", expected " + expected + ": " + fault.action());
        this.fault = fault;
        this.position = position;
    }

    /** Returns what kind of thing is wrong. */
    public Fault fault() {
        return fault;
    }

    /** Returns the index of the offending byte in the array that was decoded; the array's length or more where bytes are missing. */
    public int position() {
        return position;
    }
}
