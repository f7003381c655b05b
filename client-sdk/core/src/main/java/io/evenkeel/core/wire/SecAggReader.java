package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.SignedAdvertisement;

/** Reads the fields of a frame of secure aggregation: the length first, then the checksum, then the content. */
final class SecAggReader {

    private static final int NONE = -1;

    private final WireReader in;
    private int lastMember = NONE;

    private SecAggReader(WireReader in) {
        this.in = in;
    }

    /** Checks the header and returns a reader of the content. */
    static SecAggReader open(byte[] bytes, int kind) {
        WireReader in = FormatHeader.SECAGG.open(bytes, 0, bytes.length, Integer.MAX_VALUE);
        in.u8("the flags");
        int found = in.u8("the kind");
        if (found != kind) {
            throw new WireException(Fault.WRONG_MAGIC, in.position() - 1, "kind " + found, "kind " + kind);
        }
        return new SecAggReader(in);
    }

    int u16(String what) {
        return in.i16(what) & 0xFFFF;
    }

    long i64(String what) {
        return in.i64(what);
    }

    int i32(String what) {
        return in.i32(what);
    }

    int u8(String what) {
        return in.u8(what);
    }

    int position() {
        return in.position();
    }

    /** Checks the number of bytes of content, the checksum, and the flags. */
    void expectEnd(long content) {
        in.need(content + Checksum.BYTES, "the content and the checksum");
        int end = in.position() + (int) content;
        if (end + Checksum.BYTES != in.end()) {
            throw new WireException(
                    Fault.TRAILING_BYTES,
                    end + Checksum.BYTES,
                    (in.end() - end - Checksum.BYTES) + " bytes after the end",
                    "none");
        }
        if (!Checksum.matches(in.bytes(), 0, end)) {
            throw Checksum.corrupted(in.bytes(), 0, end);
        }
        FormatHeader.checkFlags(in.bytes()[FormatHeader.FLAGS_OFFSET], 0, FormatHeader.FLAGS_OFFSET);
    }

    /** Reads an ordinal, which must be higher than the previous one. */
    int nextMember() {
        int member = in.u31("member", 0, Fault.INVALID_VALUE);
        if (member <= lastMember) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    in.position() - Integer.BYTES,
                    "member " + member + " after " + lastMember,
                    "each once, ascending by ordinal");
        }
        lastMember = member;
        return member;
    }

    byte[] bytes(int count, String what) {
        in.need(count, what);
        byte[] copy = new byte[count];
        System.arraycopy(in.bytes(), in.position(), copy, 0, count);
        in.moveTo(in.position() + count);
        return copy;
    }

    void skip(int count, String what) {
        in.need(count, what);
        in.moveTo(in.position() + count);
    }

    /** Reads the fields of a device without checking its signatures. */
    SignedAdvertisement device() {
        int member = nextMember();
        Advertisement advertisement =
                new Advertisement(member, key("the mask key"), key("the share key"), key("the commitment"));
        byte[] identity = key("the identity");
        byte[] certificate = bytes(SignedAdvertisement.SIGNATURE_BYTES, "the certificate");
        byte[] owner = key("the owner");
        CohortBasis basis = new CohortBasis(key("the digest of model and plan"));
        byte[] signature = bytes(SignedAdvertisement.SIGNATURE_BYTES, "the signature");
        return new SignedAdvertisement(advertisement, identity, certificate, owner, basis, signature);
    }

    private byte[] key(String what) {
        return bytes(SecAggLayout.KEY_BYTES, what);
    }
}
