package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.Crc32c;
import io.evenkeel.core.frame.WireWriter;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of a state or of its change: a head, the values, and a checksum of the head's last part and the values.
 * Encodes the values while they are read, without a second copy. Can be read repeatedly while the values do not change.
 */
public final class Encoding {

    private static final int PIECE = 1 << 16;

    private final byte[] head;
    private final int checked;
    private final long values;
    private final long length;
    private final ValueEncoder encoder;

    /** Writes one value. */
    @FunctionalInterface
    interface ValueEncoder {

        /**
         * Writes the value at an index, in at most eight bytes.
         *
         * @param number the index, from 0
         */
        void write(long number, WireWriter out);
    }

    /**
     * @param head the bytes before the values; not copied
     * @param checked the position in the head at which the checksum begins
     * @param values the number of values
     * @param valueBytes the total number of bytes of the values
     */
    Encoding(byte[] head, int checked, long values, long valueBytes, ValueEncoder encoder) {
        this.head = head;
        this.checked = checked;
        this.values = values;
        this.length = head.length + valueBytes + Checksum.BYTES;
        this.encoder = encoder;
    }

    /** Returns the number of bytes. */
    public long length() {
        return length;
    }

    /** Returns a stream of the bytes, which takes 64 KiB. */
    public InputStream toStream() {
        return new Encoder();
    }

    /** @throws IllegalArgumentException if it is larger than 2 GiB */
    byte[] toBytes() {
        byte[] bytes = WireWriter.allocate(length);
        Encoder stream = new Encoder();
        int position = 0;
        while (position < bytes.length) {
            position += stream.read(bytes, position, bytes.length - position);
        }
        return bytes;
    }

    /** Encodes the values in blocks, each after the previous one has been read. Not thread-safe. */
    private final class Encoder extends InputStream {

        private final java.util.zip.Checksum crc = Crc32c.create();
        private byte[] piece = head;
        private int position;
        private int limit = head.length;
        private long next;
        private boolean ended;

        Encoder() {
            crc.update(head, checked, head.length - checked);
        }

        @Override
        public int read() {
            return isExhausted() ? -1 : piece[position++] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, bytes.length);
            if (count == 0) {
                return 0;
            }
            if (isExhausted()) {
                return -1;
            }
            int copied = Math.min(count, limit - position);
            System.arraycopy(piece, position, bytes, offset, copied);
            position += copied;
            return copied;
        }

        /** Encodes the next block if the current one has been read; returns whether the end has been reached. */
        private boolean isExhausted() {
            if (position < limit) {
                return false;
            }
            if (ended) {
                return true;
            }
            if (piece == head) {
                piece = new byte[(int) Math.min(PIECE, length - head.length)];
            }
            encode();
            return false;
        }

        private void encode() {
            WireWriter out = new WireWriter(piece, 0);
            while (next < values && out.position() + Double.BYTES <= piece.length) {
                encoder.write(next++, out);
            }
            crc.update(piece, 0, out.position());
            if (next == values && out.position() + Checksum.BYTES <= piece.length) {
                out.i32((int) crc.getValue());
                ended = true;
            }
            position = 0;
            limit = out.position();
        }
    }
}
