package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.FrameWriter;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import io.evenkeel.core.frame.WireWriter;
import java.nio.charset.StandardCharsets;

/**
 * A client's message in a round: its position in the client's chain of messages, a report, and the compressed
 * vector. Immutable.
 *
 * @param sequence the number of this message among the client's messages in the run, from 1
 * @param previous the digest of the client's previous accepted message, 0 for the first
 * @param report the figures of the client's round
 * @param delta the vector that both sides add to g_i
 */
public record Message(long sequence, long previous, Report report, CompressedVector delta) {

    /**
     * @throws IllegalArgumentException if the sequence is below 1
     */
    public Message {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence is " + sequence + ", expected at least 1");
        }
    }

    /**
     * Encodes the message; equal content gives equal bytes.
     *
     * @throws IllegalArgumentException if the vector cannot be encoded, see {@link FrameCodec#encode}
     */
    public byte[] encode() {
        FrameWriter frame = new FrameWriter(delta);
        byte[] bytes = WireWriter.allocate(headerBytes() + frame.bytes());
        WireWriter out = new WireWriter(bytes, 0);
        writeHeader(out);
        out.checksum(0);
        frame.write(out);
        return bytes;
    }

    private long headerBytes() {
        long bytes = MessageLayout.FIXED_BYTES + 1 + (long) Double.BYTES * Integer.bitCount(flags()) + Checksum.BYTES;
        for (String name : report.metrics().keySet()) {
            bytes += 1 + name.length() + Double.BYTES;
        }
        return bytes;
    }

    private int flags() {
        return (report.loss().isPresent() ? MessageLayout.HAS_LOSS : 0)
                | (report.gradientNorm().isPresent() ? MessageLayout.HAS_GRADIENT_NORM : 0)
                | (report.smoothness().isPresent() ? MessageLayout.HAS_SMOOTHNESS : 0);
    }

    private void writeHeader(WireWriter out) {
        FormatHeader.MESSAGE.write(out, flags());
        out.i64(sequence);
        out.i64(previous);
        out.i64(report.samples());
        report.loss().ifPresent(out::f64);
        report.gradientNorm().ifPresent(out::f64);
        report.smoothness().ifPresent(out::f64);
        out.u8(report.metrics().size());
        report.metrics().forEach((name, value) -> {
            byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
            out.u8(ascii.length);
            for (byte letter : ascii) {
                out.u8(letter);
            }
            out.f64(value);
        });
    }

    /** Decodes a message that fills an array. */
    public static Message decode(byte[] bytes, FrameLimits limits) {
        return decode(bytes, 0, bytes.length, limits);
    }

    /**
     * Decodes a message.
     *
     * @param bytes the array that contains the message; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param limits the limits to check; {@code maxBytes} applies to the whole message
     * @throws WireException if the bytes are not one message within the limits; its position is an index into
     *     {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static Message decode(byte[] bytes, int offset, int length, FrameLimits limits) {
        WireReader in = FormatHeader.MESSAGE.open(bytes, offset, length, limits.maxBytes());
        checkHeader(in, offset);
        int flags = in.u8("the flags");
        FormatHeader.checkFlags(flags, MessageLayout.KNOWN_FLAGS, in.position() - 1);
        long sequence = atLeast(in, "sequence", 1);
        long previous = in.i64("previous");
        Report report = ReportReader.read(in, flags);
        int frame = in.position() + Checksum.BYTES;
        CompressedVector delta = FrameCodec.decode(bytes, frame, in.end() - frame, limits);
        return new Message(sequence, previous, report, delta);
    }

    /** Finds the end of the header from its lengths, so that the checksum is verified before the content. */
    private static void checkHeader(WireReader in, int offset) {
        int start = in.position();
        in.need(MessageLayout.FIXED_BYTES - FormatHeader.FLAGS_OFFSET, "the header");
        int figures = Double.BYTES * Integer.bitCount(in.u8("the flags") & MessageLayout.KNOWN_FLAGS);
        in.moveTo(offset + MessageLayout.FIXED_BYTES);
        in.need(figures, "the header's figures");
        in.moveTo(in.position() + figures);
        int metrics = in.u8("the count of metrics");
        for (int i = 0; i < metrics; i++) {
            int size = in.u8("the length of a metric's name") + Double.BYTES;
            in.need(size, "a metric");
            in.moveTo(in.position() + size);
        }
        in.need(Checksum.BYTES, "the header's checksum");
        if (!Checksum.matches(in.bytes(), offset, in.position())) {
            throw Checksum.corrupted(in.bytes(), offset, in.position());
        }
        in.moveTo(start);
    }

    static long atLeast(WireReader in, String what, long least) {
        long value = in.i64(what);
        if (value < least) {
            throw new WireException(
                    Fault.INVALID_VALUE, in.position() - Long.BYTES, what + " " + value, "at least " + least);
        }
        return value;
    }
}
