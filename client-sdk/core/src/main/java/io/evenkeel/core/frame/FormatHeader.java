package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;
import java.util.Objects;

/**
 * The header common to the six formats: two magic bytes, a version and flags.
 *
 * <pre>
 * byte 0      E7; no text starts with this byte
 * byte 1      F frame, M message, U round update, R replica, D model delta, S secure aggregation
 * byte 2      version, 1
 * byte 3      flags, defined by each format
 * </pre>
 */
public enum FormatHeader {
    FRAME('F', "frame"),
    MESSAGE('M', "message"),
    UPDATE('U', "round update"),
    REPLICA('R', "replica"),
    DELTA('D', "model delta"),
    SECAGG('S', "frame of secure aggregation");

    static final int MAGIC = 0xE7;
    static final int VERSION = 1;
    public static final int FLAGS_OFFSET = 3;

    private final char letter;
    private final String text;

    FormatHeader(char letter, String text) {
        this.letter = letter;
        this.text = text;
    }

    /** Returns the name for error messages. */
    public String text() {
        return text;
    }

    public void write(WireWriter out, int flags) {
        out.u8(MAGIC);
        out.u8(letter);
        out.u8(VERSION);
        out.u8(flags);
    }

    /** Checks magic and version, and returns a reader positioned at the flags. */
    public WireReader open(byte[] bytes, int offset, int length, int maxBytes) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length > maxBytes) {
            throw new WireException(
                    Fault.LIMIT_EXCEEDED,
                    offset,
                    "a " + text + " of " + length + " bytes",
                    "at most " + maxBytes + " bytes");
        }
        WireReader in = new WireReader(bytes, offset, offset + length);
        int magic = in.u8("magic");
        if (magic != MAGIC) {
            throw wrongMagic(offset, Integer.toHexString(magic), magic == '{' ? " (is it JSON?)" : "");
        }
        int found = in.u8("magic");
        if (found != letter) {
            throw wrongMagic(offset + 1, Integer.toHexString(found), nameOf(found));
        }
        int version = in.u8("version");
        if (version != VERSION) {
            throw new WireException(
                    Fault.UNSUPPORTED_VERSION,
                    in.position() - 1,
                    text + " version " + version + (version > VERSION ? ", which is newer than this reader" : ""),
                    "version " + VERSION);
        }
        return in;
    }

    private WireException wrongMagic(int position, String found, String hint) {
        return new WireException(
                Fault.WRONG_MAGIC,
                position,
                "magic byte " + found + hint,
                Integer.toHexString(MAGIC) + " " + Integer.toHexString(letter) + " for a " + text);
    }

    private static String nameOf(int letter) {
        for (FormatHeader envelope : values()) {
            if (envelope.letter == letter) {
                return " (a " + envelope.text + ")";
            }
        }
        return "";
    }

    /** Rejects flags other than the {@code known} ones. */
    public static void checkFlags(int flags, int known, int position) {
        if ((flags & ~known) != 0) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    position,
                    "flags " + Integer.toHexString(flags),
                    "none but " + Integer.toHexString(known));
        }
    }
}
