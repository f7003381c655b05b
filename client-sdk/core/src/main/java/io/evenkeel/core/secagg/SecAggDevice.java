package io.evenkeel.core.secagg;

import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The device's half of one secure aggregation: {@link #advertisement}, {@link #share}, {@link #mask} and
 * {@link #reveal}, each once and in this order. A device that stops in between has dropped out, and starts
 * again in the next attempt with new secrets, so the state of this class is never stored.
 *
 * <p>The vector of member i is sent as x_i + PRG(b_i) + sum over its neighbours j of ±PRG(s_ij), modulo 2^32, where
 * s_ij is derived from the X25519 secret of i and j. The masks of two neighbours cancel in the sum. Shares of b_i, or
 * of the private key of i if it dropped out, let the coordinator remove the remaining masks. Not thread-safe.
 */
public final class SecAggDevice {

    private final CohortContext context;
    private final int member;
    private final SecureRandom random;
    private final byte[] maskKey;
    private final byte[] shareKey;
    private final byte[] seed;
    private final Map<Integer, Advertisement> neighbours = new TreeMap<>();
    private final Set<Integer> masking = new TreeSet<>();
    private final Map<Integer, byte[]> received = new HashMap<>();
    private Step step = Step.ADVERTISED;
    private int threshold;

    private enum Step {
        ADVERTISED,
        SHARED,
        MASKED,
        REVEALED
    }

    /**
     * Draws the secrets of an aggregation.
     *
     * @param member the device's ordinal in the run
     * @param random a cryptographic generator
     */
    public SecAggDevice(CohortContext context, int member, SecureRandom random) {
        this.context = context;
        this.member = member;
        this.random = random;
        this.maskKey = draw();
        this.shareKey = draw();
        this.seed = draw();
    }

    private byte[] draw() {
        byte[] bytes = new byte[Crypto.KEY_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns the device's public keys. */
    public Advertisement advertisement() {
        return new Advertisement(
                member, Crypto.publicKey(maskKey), Crypto.publicKey(shareKey), commitment(context, member, seed));
    }

    static byte[] commitment(CohortContext context, int member, byte[] seed) {
        return Crypto.sha256(context.bytes("seed of " + member), seed);
    }

    /**
     * Shares the secrets among the neighbours.
     *
     * @param advertised the advertisements of the neighbours, whose signatures the caller has checked
     * @param sharesNeeded the threshold t: more than half of the neighbours, at most all
     * @return the shares for each neighbour
     * @throws SecAggException if a key is malformed, is the device's own or occurs twice, or if the threshold is too
     *     low to protect the secrets
     */
    public List<EncryptedShares> share(List<Advertisement> advertised, int sharesNeeded) throws SecAggException {
        expect(Step.ADVERTISED);
        if (2 * sharesNeeded <= advertised.size() || sharesNeeded > advertised.size()) {
            throw new SecAggException("the threshold is " + sharesNeeded + " of " + advertised.size()
                    + " neighbours, expected more than half of them and at most all: a lower one would give the"
                    + " coordinator both secrets of a device");
        }
        for (Advertisement neighbour : advertised) {
            check(neighbour);
            neighbours.put(neighbour.member(), neighbour);
        }
        threshold = sharesNeeded;
        List<EncryptedShares> shares = encrypted();
        step = Step.SHARED;
        return shares;
    }

    private void check(Advertisement neighbour) throws SecAggException {
        if (neighbour.member() == member || neighbours.containsKey(neighbour.member())) {
            throw new SecAggException("member " + neighbour.member() + " is a neighbour twice, or this device itself");
        }
        byte[] key = neighbour.maskKey();
        for (Advertisement other : neighbours.values()) {
            if (Arrays.equals(other.maskKey(), key)) {
                throw new SecAggException(
                        "members " + other.member() + " and " + neighbour.member() + " have the same key");
            }
        }
    }

    private List<EncryptedShares> encrypted() throws SecAggException {
        byte[][] ofKey = SecretSharing.split(maskKey, threshold, neighbours.size(), random);
        byte[][] ofSeed = SecretSharing.split(seed, threshold, neighbours.size(), random);
        List<EncryptedShares> shares = new ArrayList<>();
        int number = 0;
        for (Advertisement neighbour : neighbours.values()) {
            shares.add(ShareCipher.encrypt(
                    channel(neighbour), member, neighbour.member(), Crypto.join(ofKey[number], ofSeed[number])));
            number++;
        }
        return shares;
    }

    private byte[] channel(Advertisement neighbour) throws SecAggException {
        return Crypto.derive(agreed(shareKey, neighbour.shareKey(), neighbour.member()), context.bytes("shares"));
    }

    private static byte[] agreed(byte[] ours, byte[] theirs, int neighbour) throws SecAggException {
        try {
            return Crypto.agree(ours, theirs);
        } catch (InvalidKeyException e) {
            throw new SecAggException("the key of member " + neighbour + " does not belong to a device", e);
        }
    }

    /**
     * Masks a vector in place. Only the neighbours whose shares arrived take part from here on. A neighbour whose
     * shares cannot be decrypted takes part too: the masks need only its keys. This device cannot reveal a share of
     * that neighbour, so with many such devices the neighbour's secret is lost.
     *
     * @param words the vector, modulo 2^32
     * @param shares for this device, from its neighbours
     * @throws SecAggException if shares are not from a neighbour, or fewer than the threshold can be decrypted
     */
    public void mask(int[] words, List<EncryptedShares> shares) throws SecAggException {
        expect(Step.SHARED);
        for (EncryptedShares share : shares) {
            @Nullable Advertisement neighbour = neighbours.get(share.from());
            if (neighbour == null || share.to() != member) {
                throw new SecAggException("shares from member " + share.from() + " to " + share.to()
                        + " are not from a neighbour of member " + member);
            }
            masking.add(share.from());
            ShareCipher.decrypt(channel(neighbour), share).ifPresent(both -> received.put(share.from(), both));
        }
        if (received.size() < threshold) {
            throw new SecAggException("shares of " + masking.size() + " neighbours arrived and those of "
                    + received.size() + " can be decrypted, expected at least " + threshold);
        }
        for (int neighbour : masking) {
            byte[] theirs = Objects.requireNonNull(neighbours.get(neighbour)).maskKey();
            MaskStream.add(pairSeed(context, maskKey, theirs, member, neighbour), member < neighbour ? 1 : -1, words);
        }
        MaskStream.add(ownSeed(context, seed), 1, words);
        step = Step.MASKED;
    }

    /** Returns the seed of the mask of two members; both get the same. */
    static byte[] pairSeed(CohortContext context, byte[] ours, byte[] theirs, int member, int neighbour)
            throws SecAggException {
        String pair = Math.min(member, neighbour) + " and " + Math.max(member, neighbour);
        return Crypto.derive(agreed(ours, theirs, neighbour), context.bytes("mask of " + pair));
    }

    static byte[] ownSeed(CohortContext context, byte[] seed) {
        return Crypto.derive(seed, context.bytes("own mask"));
    }

    /**
     * Reveals shares so that the masks can be removed from the sum. Can be called once, for one set of
     * members.
     *
     * @param included the members whose vectors are in the sum; members other than neighbours are ignored
     * @throws SecAggException if fewer neighbours than the threshold are included: the sum could include too few
     *     devices
     */
    public Reveal reveal(Set<Integer> included) throws SecAggException {
        expect(Step.MASKED);
        Map<Integer, byte[]> seedShares = new TreeMap<>();
        Map<Integer, byte[]> keyShares = new TreeMap<>();
        received.forEach((neighbour, both) -> {
            if (included.contains(neighbour)) {
                seedShares.put(neighbour, Arrays.copyOfRange(both, Crypto.KEY_BYTES, 2 * Crypto.KEY_BYTES));
            } else {
                keyShares.put(neighbour, Arrays.copyOf(both, Crypto.KEY_BYTES));
            }
        });
        long inSum = masking.stream().filter(included::contains).count();
        if (inSum < threshold) {
            throw new SecAggException("the sum has " + inSum + " of this device's neighbours, expected at least "
                    + threshold + ": a smaller sum would reveal too much about each of them");
        }
        step = Step.REVEALED;
        return new Reveal(member, seedShares, keyShares);
    }

    private void expect(Step expected) {
        if (step != expected) {
            throw new IllegalStateException("the device has " + step + ", this needs " + expected
                    + ": take the steps once and in order, and start over for another attempt");
        }
    }
}
