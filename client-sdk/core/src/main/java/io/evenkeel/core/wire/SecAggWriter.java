package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.WireWriter;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.SignedAdvertisement;

/** Writes the fields of a frame of secure aggregation. */
final class SecAggWriter {

    private final WireWriter out;

    /** Writes the header of a frame, for content of the given length. */
    SecAggWriter(int kind, long content) {
        out = new WireWriter(WireWriter.allocate(SecAggLayout.FRAME_BYTES + content), 0);
        FormatHeader.SECAGG.write(out, 0);
        out.u8(kind);
    }

    void u8(int value) {
        out.u8(value);
    }

    void u16(int value) {
        out.i16(value);
    }

    void i32(int value) {
        out.i32(value);
    }

    void i64(long value) {
        out.i64(value);
    }

    void bytes(byte[] bytes) {
        System.arraycopy(bytes, 0, out.bytes(), out.position(), bytes.length);
        out.moveTo(out.position() + bytes.length);
    }

    void device(SignedAdvertisement device) {
        Advertisement advertisement = device.advertisement();
        i32(advertisement.member());
        bytes(advertisement.maskKey());
        bytes(advertisement.shareKey());
        bytes(advertisement.commitment());
        bytes(device.identity());
        bytes(device.certificate());
        bytes(device.owner());
        bytes(device.basis().toBytes());
        bytes(device.signature());
    }

    /** Returns the number of content bytes still to be written. */
    int left() {
        return out.bytes().length - out.position() - Checksum.BYTES;
    }

    /** Writes the checksum and returns the frame. */
    byte[] end() {
        out.checksum(0);
        return out.bytes();
    }
}
