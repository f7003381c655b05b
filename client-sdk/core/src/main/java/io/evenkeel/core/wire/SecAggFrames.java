package io.evenkeel.core.wire;

import static io.evenkeel.core.wire.SecAggLayout.KEY_BYTES;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the frames of secure aggregation, as client-sdk/FORMAT.md specifies. Each content has
 * exactly one encoding. Decoders check the form only, not keys and signatures, and throw
 * {@link WireException} for anything else. Stateless; safe to use from any thread.
 */
public final class SecAggFrames {

    private SecAggFrames() {}

    /** Returns the frame of a device's keys. */
    public static byte[] encode(SignedAdvertisement keys) {
        SecAggWriter out = new SecAggWriter(SecAggLayout.KEYS, SecAggLayout.DEVICE_BYTES);
        out.device(keys);
        return out.end();
    }

    /** Decodes a device's keys. */
    public static SignedAdvertisement decodeKeys(byte[] bytes) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.KEYS);
        in.expectEnd(SecAggLayout.DEVICE_BYTES);
        return in.device();
    }

    /** Returns the frame of a cohort's keys. */
    public static byte[] encode(CohortKeys cohort) {
        List<SignedAdvertisement> members = cohort.members();
        long content = SecAggLayout.COHORT_BYTES + (long) SecAggLayout.DEVICE_BYTES * members.size();
        SecAggWriter out = new SecAggWriter(SecAggLayout.COHORT, content);
        out.u16(members.size());
        out.u16(cohort.threshold());
        members.forEach(out::device);
        return out.end();
    }

    /** Decodes a cohort's keys. */
    public static CohortKeys decodeCohort(byte[] bytes) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.COHORT);
        int count = in.u16("the count of members");
        int threshold = in.u16("threshold");
        in.expectEnd((long) SecAggLayout.DEVICE_BYTES * count);
        List<SignedAdvertisement> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(in.device());
        }
        return new CohortKeys(threshold, members);
    }

    /** Returns the frame of the shares that a device sends to its neighbours. */
    public static byte[] encodeSent(Collection<EncryptedShares> shares) {
        return shares(shares, EncryptedShares::to);
    }

    /** Returns the frame of the shares that a device receives from its neighbours. */
    public static byte[] encodeReceived(Collection<EncryptedShares> shares) {
        return shares(shares, EncryptedShares::from);
    }

    private static byte[] shares(Collection<EncryptedShares> shares, ToIntFunction<EncryptedShares> other) {
        Map<Integer, EncryptedShares> ordered = new TreeMap<>();
        for (EncryptedShares one : shares) {
            requireNew(ordered.put(other.applyAsInt(one), one), other.applyAsInt(one));
        }
        SecAggWriter out = list(SecAggLayout.SHARES, ordered.size(), SecAggLayout.SHARES_BYTES);
        ordered.forEach((member, one) -> {
            out.i32(member);
            out.bytes(one.bytes());
        });
        return out.end();
    }

    /** Decodes the shares that a device sends, at most one for each neighbour. */
    public static List<EncryptedShares> decodeSent(byte[] bytes, int from) {
        Map<Integer, byte[]> shares = shares(bytes);
        List<EncryptedShares> sent = new ArrayList<>();
        shares.forEach((to, share) -> sent.add(new EncryptedShares(from, to, share)));
        return sent;
    }

    /** Decodes the shares that a device receives, at most one from each neighbour. */
    public static List<EncryptedShares> decodeReceived(byte[] bytes, int to) {
        Map<Integer, byte[]> shares = shares(bytes);
        List<EncryptedShares> received = new ArrayList<>();
        shares.forEach((from, share) -> received.add(new EncryptedShares(from, to, share)));
        return received;
    }

    private static Map<Integer, byte[]> shares(byte[] bytes) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.SHARES);
        int count = in.u16("the count of shares");
        in.expectEnd((long) SecAggLayout.SHARES_BYTES * count);
        Map<Integer, byte[]> shares = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            shares.put(in.nextMember(), in.bytes(EncryptedShares.BYTES, "shares"));
        }
        return shares;
    }

    /** Returns the frame of a masked vector. */
    public static byte[] encode(MaskedVector vector) {
        int[] words = vector.words();
        SecAggWriter out = new SecAggWriter(SecAggLayout.MASKED, maskedContent(words.length));
        out.i64(vector.sequence());
        out.i64(vector.previous());
        out.i64(vector.digest());
        out.i32(words.length);
        for (int word : words) {
            out.i32(word);
        }
        return out.end();
    }

    /**
     * Decodes a masked vector.
     *
     * @param expected the number of words it must have
     */
    public static MaskedVector decodeMasked(byte[] bytes, int expected) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.MASKED);
        long sequence = in.i64("sequence");
        long previous = in.i64("previous");
        long digest = in.i64("digest");
        int count = in.i32("the count of words");
        if (count != expected) {
            throw new WireException(
                    Fault.WRONG_DIMENSION,
                    in.position() - Integer.BYTES,
                    Integer.toUnsignedString(count) + " words",
                    Integer.toString(expected));
        }
        in.expectEnd((long) Integer.BYTES * count);
        if (sequence < 1) {
            throw new WireException(
                    Fault.INVALID_VALUE, SecAggLayout.HEADER_BYTES, "sequence " + sequence, "at least 1");
        }
        int[] words = new int[count];
        for (int j = 0; j < count; j++) {
            words[j] = in.i32("a word");
        }
        return new MaskedVector(sequence, previous, digest, words);
    }

    private static long maskedContent(int words) {
        return SecAggLayout.MASKED_BYTES + (long) Integer.BYTES * words;
    }

    /** Returns the length of a masked vector's frame. */
    public static long maskedBytes(int words) {
        return SecAggLayout.FRAME_BYTES + maskedContent(words);
    }

    /**
     * Returns the length of the longest frame, except for masked vectors, in a cohort of {@link
     * CohortParameters#MAX_MEMBERS}.
     */
    public static int mostBytes() {
        return SecAggLayout.FRAME_BYTES
                + SecAggLayout.COHORT_BYTES
                + SecAggLayout.DEVICE_BYTES * CohortParameters.MAX_MEMBERS;
    }

    /** Returns the frame of the members whose vectors are in the sum. */
    public static byte[] encodeIncluded(Collection<Integer> members) {
        SortedSet<Integer> ordered = new TreeSet<>(members);
        SecAggWriter out = list(SecAggLayout.INCLUDED, ordered.size(), Integer.BYTES);
        ordered.forEach(out::i32);
        return out.end();
    }

    /** Decodes the members in the sum. */
    public static SortedSet<Integer> decodeIncluded(byte[] bytes) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.INCLUDED);
        int count = in.u16("the count of members");
        in.expectEnd((long) Integer.BYTES * count);
        SortedSet<Integer> members = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            members.add(in.nextMember());
        }
        return members;
    }

    /** Returns the frame of a member's revealed shares. */
    public static byte[] encode(Reveal reveal) {
        Map<Integer, byte[]> ordered = new TreeMap<>(reveal.seedShares());
        reveal.keyShares().forEach((member, share) -> requireNew(ordered.put(member, share), member));
        SecAggWriter out = list(SecAggLayout.REVEAL, ordered.size(), SecAggLayout.REVEAL_BYTES);
        ordered.forEach((member, share) -> {
            if (share.length != KEY_BYTES) {
                throw new IllegalArgumentException("a share has " + share.length + " bytes, expected " + KEY_BYTES);
            }
            out.i32(member);
            out.u8(reveal.keyShares().containsKey(member) ? SecAggLayout.MASK_KEY : SecAggLayout.SEED);
            out.bytes(share);
        });
        return out.end();
    }

    /**
     * Decodes a member's revealed shares, at most one for each neighbour.
     *
     * @param member the member that reveals
     */
    public static Reveal decodeReveal(byte[] bytes, int member) {
        SecAggReader in = SecAggReader.open(bytes, SecAggLayout.REVEAL);
        int count = in.u16("the count of shares");
        in.expectEnd((long) SecAggLayout.REVEAL_BYTES * count);
        Map<Integer, byte[]> seeds = new TreeMap<>();
        Map<Integer, byte[]> keys = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int owner = in.nextMember();
            int secret = in.u8("the secret");
            if (secret > SecAggLayout.MASK_KEY) {
                throw new WireException(
                        Fault.NOT_CANONICAL, in.position() - 1, "secret " + secret, "0 for a seed, 1 for a mask key");
            }
            (secret == SecAggLayout.SEED ? seeds : keys).put(owner, in.bytes(KEY_BYTES, "a share"));
        }
        return new Reveal(member, seeds, keys);
    }

    static SecAggWriter list(int kind, int count, int bytesEach) {
        if (count > SecAggLayout.MAX_COUNT) {
            throw new IllegalArgumentException(count + " members, expected at most " + SecAggLayout.MAX_COUNT);
        }
        SecAggWriter out = new SecAggWriter(kind, SecAggLayout.COUNT_BYTES + (long) bytesEach * count);
        out.u16(count);
        return out;
    }

    private static void requireNew(@Nullable Object before, int member) {
        if (before != null) {
            throw new IllegalArgumentException("member " + member + " occurs twice");
        }
    }
}
