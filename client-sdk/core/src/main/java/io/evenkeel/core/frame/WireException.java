package io.evenkeel.core.frame;

/**
 * Thrown if bytes do not follow client-sdk/FORMAT.md. The message names the position, what was found, what
 * was expected and what to do. Decoders in this package throw no other exception, regardless of the bytes.
 */
public final class WireException extends RuntimeException {

    /** The kind of fault, with advice for the sender. */
    public enum Fault {
        /** The first bytes belong to another format. */
        WRONG_MAGIC("check that the right body was sent to the right address with the right Content-Type"),
        /** This reader does not support the version. */
        UNSUPPORTED_VERSION("use the SDK release that matches this coordinator, or update the older of the two"),
        /** The bytes end before their declared length. */
        TRUNCATED("send all of it again"),
        /** More bytes follow after the end. */
        TRAILING_BYTES("send nothing after the end"),
        /** The checksum does not match. */
        CORRUPTED("send it again, and if that does not help, encode it again"),
        /** More values or bytes than the reader allows. */
        LIMIT_EXCEEDED("stay within the run's plan"),
        /** The number of coordinates differs from that of the run's model. */
        WRONG_DIMENSION("compute with this run's model"),
        /** An index is out of range, or the number of indices differs from the declared number. */
        INVALID_INDEX("correct the encoder as FORMAT.md specifies"),
        /** A number is not finite or out of range. */
        INVALID_VALUE("send finite numbers within their ranges"),
        /** The content has exactly one valid encoding, and the bytes differ from it. */
        NOT_CANONICAL("correct the encoder as FORMAT.md specifies");

        private final String action;

        Fault(String action) {
            this.action = action;
        }

        /** Returns advice for the sender, as a sentence fragment. */
        public String action() {
            return action;
        }
    }

    private final Fault fault;
    private final int position;

    public WireException(Fault fault, int position, String found, String expected) {
        super("byte " + position + ": found " + found + ", expected " + expected + ": " + fault.action());
        this.fault = fault;
        this.position = position;
    }

    /** Returns the kind of fault. */
    public Fault fault() {
        return fault;
    }

    /** Returns the index of the wrong byte in the decoded array; the array's length or more if bytes are missing. */
    public int position() {
        return position;
    }
}
