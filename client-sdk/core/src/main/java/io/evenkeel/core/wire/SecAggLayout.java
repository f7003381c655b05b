package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.SignedAdvertisement;

/**
 * The layout of the frames of secure aggregation. All numbers are little-endian, and lists are ascending by
 * ordinal.
 *
 * <pre>
 * byte   size    field
 *   0     2      magic E7 53
 *   2     1      version 1
 *   3     1      flags: 0
 *   4     1      kind
 *   5            content:
 *     1 keys        the fields of a device
 *     2 cohort      u16 count, u16 threshold, count times the fields of a device
 *     3 shares      u16 count, count times: u32 member, 80 encrypted shares
 *     4 masked      u64 sequence, u64 previous, u64 digest, u32 count, count times u32 word
 *     5 included    u16 count, count times u32 member
 *     6 reveal      u16 count, count times: u32 member, u8 secret (0 seed, 1 private mask key), 32 share
 *         4      CRC32C of everything before it
 *
 * fields of a device: u32 member, 32 mask key, 32 share key, 32 commitment, 32 identity, 64 certificate, 32 owner,
 * 32 basis, 64 signature
 * </pre>
 */
final class SecAggLayout {

    static final int KEYS = 1;
    static final int COHORT = 2;
    static final int SHARES = 3;
    static final int MASKED = 4;
    static final int INCLUDED = 5;
    static final int REVEAL = 6;

    /** The number of bytes before the content. */
    static final int HEADER_BYTES = 5;

    /** The number of bytes other than the content. */
    static final int FRAME_BYTES = HEADER_BYTES + Checksum.BYTES;

    /** The length in bytes of a public X25519 key, a digest or a share. */
    static final int KEY_BYTES = 32;

    static final int DEVICE_BYTES = Integer.BYTES + 6 * KEY_BYTES + 2 * SignedAdvertisement.SIGNATURE_BYTES;
    static final int COUNT_BYTES = Short.BYTES;
    static final int COHORT_BYTES = 2 * Short.BYTES;
    static final int SHARES_BYTES = Integer.BYTES + EncryptedShares.BYTES;
    static final int MASKED_BYTES = 3 * Long.BYTES + Integer.BYTES;
    static final int REVEAL_BYTES = Integer.BYTES + 1 + KEY_BYTES;

    /** The largest count in a list. */
    static final int MAX_COUNT = 0xFFFF;

    static final int SEED = 0;
    static final int MASK_KEY = 1;

    private SecAggLayout() {}
}
