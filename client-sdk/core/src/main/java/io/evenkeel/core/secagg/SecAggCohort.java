package io.evenkeel.core.secagg;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The coordinator's half of one secure aggregation: adds masked vectors as they come, and removes the masks from the sum. It holds one
 * vector, however many members there are. Not thread-safe.
 */
public final class SecAggCohort {

    private final CohortContext context;
    private final int[] members;
    private final int threshold;
    private final Map<Integer, Advertisement> sharing = new TreeMap<>();
    private final Set<Integer> included = new TreeSet<>();
    private final int[] sum;
    /** The weights of shares, by the shares' numbers, which are the same for consecutive members that all revealed. */
    private final Map<List<Integer>, int[]> weights = new HashMap<>();

    /**
     * @param members the ordinals of the members that advertised keys; they number the shares
     * @param threshold the shares that give a secret
     * @param sharing the advertisements of the members that also shared their secrets; only these may send a vector
     * @param words the length of the vectors
     */
    public SecAggCohort(
            CohortContext context,
            Collection<Integer> members,
            int threshold,
            Collection<Advertisement> sharing,
            int words) {
        this.context = context;
        this.members = members.stream().mapToInt(Integer::intValue).sorted().toArray();
        this.threshold = threshold;
        for (Advertisement advertisement : sharing) {
            if (Arrays.binarySearch(this.members, advertisement.member()) < 0) {
                throw new IllegalArgumentException("device " + advertisement.member() + " is no member of the cohort");
            }
            this.sharing.put(advertisement.member(), advertisement);
        }
        this.sum = new int[words];
    }

    /**
     * Adds a member's masked vector.
     *
     * @throws SecAggException if the member has not shared its secrets, has sent a vector before, or the vector has another length
     */
    public void add(int member, int[] masked) throws SecAggException {
        if (!sharing.containsKey(member)) {
            throw new SecAggException(
                    "member " + member + " has not shared its secrets, so its mask could not be removed");
        }
        if (masked.length != sum.length) {
            throw new SecAggException(
                    "the vector of member " + member + " has " + masked.length + " words, expected " + sum.length);
        }
        if (!included.add(member)) {
            throw new SecAggException("member " + member + " has sent a vector before");
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] += masked[i];
        }
    }

    /** Returns the members whose vectors are in the sum. */
    public Set<Integer> included() {
        return new TreeSet<>(included);
    }

    /**
     * Removes the masks.
     *
     * @param reveals what the members revealed for exactly {@link #included}
     * @return the sum of the vectors of the members included, modulo 2^32
     * @throws SecAggException if there are too few shares, or shares that do not fit together; then there is no sum, and the vectors of
     *     this attempt are of no use
     */
    public int[] unmask(Collection<Reveal> reveals) throws SecAggException {
        Map<Integer, Map<Integer, byte[]>> ofSeeds = new HashMap<>();
        Map<Integer, Map<Integer, byte[]>> ofKeys = new HashMap<>();
        for (Reveal reveal : reveals) {
            reveal.seedShares().forEach((owner, share) -> put(ofSeeds, owner, reveal.member(), share));
            reveal.keyShares().forEach((owner, share) -> put(ofKeys, owner, reveal.member(), share));
        }
        int[] result = sum.clone();
        for (Advertisement member : sharing.values()) {
            if (included.contains(member.member())) {
                removeOwnMask(member, ofSeeds, result);
            } else {
                removePairMasks(member, ofKeys, result);
            }
        }
        return result;
    }

    private static void put(Map<Integer, Map<Integer, byte[]>> shares, int owner, int from, byte[] share) {
        shares.computeIfAbsent(owner, key -> new TreeMap<>()).put(from, share);
    }

    private void removeOwnMask(Advertisement member, Map<Integer, Map<Integer, byte[]>> shares, int[] result)
            throws SecAggException {
        byte[] seed = secret(member.member(), shares, "seed");
        if (!Arrays.equals(SecAggDevice.commitment(context, member.member(), seed), member.commitment())) {
            throw contradiction(member.member());
        }
        MaskStream.add(SecAggDevice.ownSeed(context, seed), -1, result);
    }

    private void removePairMasks(Advertisement gone, Map<Integer, Map<Integer, byte[]>> shares, int[] result)
            throws SecAggException {
        byte[] key = secret(gone.member(), shares, "private key");
        if (!Arrays.equals(Crypto.publicKey(key), gone.maskKey())) {
            throw contradiction(gone.member());
        }
        for (int neighbour : included) {
            byte[] theirs = Objects.requireNonNull(sharing.get(neighbour)).maskKey();
            byte[] pair = SecAggDevice.pairSeed(context, key, theirs, gone.member(), neighbour);
            // The neighbour added it if its ordinal is the lower one.
            MaskStream.add(pair, neighbour < gone.member() ? -1 : 1, result);
        }
    }

    private byte[] secret(int owner, Map<Integer, Map<Integer, byte[]>> shares, String what) throws SecAggException {
        Map<Integer, byte[]> numbered = new TreeMap<>();
        shares.getOrDefault(owner, Map.of()).forEach((from, share) -> {
            int number = number(owner, from);
            if (number > 0 && share.length == Crypto.KEY_BYTES && numbered.size() < threshold) {
                numbered.put(number, share);
            }
        });
        if (numbered.size() < threshold) {
            throw new SecAggException(numbered.size() + " shares of the " + what + " of member " + owner
                    + " were revealed, expected " + threshold);
        }
        return SecretSharing.combine(
                weights.computeIfAbsent(List.copyOf(numbered.keySet()), SecAggCohort::weights),
                List.copyOf(numbered.values()));
    }

    private static int[] weights(List<Integer> numbers) {
        return SecretSharing.weights(
                numbers.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Returns the number of a member's share of another's secret, its place among the other members from 1; 0 if it has none. */
    private int number(int owner, int from) {
        int place = Arrays.binarySearch(members, from);
        if (place < 0 || from == owner) {
            return 0;
        }
        return from < owner ? place + 1 : place;
    }

    private static SecAggException contradiction(int owner) {
        return new SecAggException("the shares of member " + owner
                + " do not give the secret that it committed to: it or one of its neighbours sent wrong ones");
    }
}
