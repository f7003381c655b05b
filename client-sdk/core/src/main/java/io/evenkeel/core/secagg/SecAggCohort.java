package io.evenkeel.core.secagg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The coordinator's half of one secure aggregation: adds masked vectors as they arrive, and removes the masks from the
 * sum. It holds one vector, for any number of members. Not thread-safe.
 */
public final class SecAggCohort {

    private final CohortContext context;
    private final int[] members;
    private final int threshold;
    private final Map<Integer, Advertisement> sharing = new TreeMap<>();
    private final Set<Integer> included = new TreeSet<>();
    private final int[] sum;
    /**
     * The pairs of members in dispute: one sent the other a wrong share or none, or was falsely accused of it. Each
     * pair is stored under both members.
     */
    private final Map<Integer, Set<Integer>> disputes = new TreeMap<>();

    /** The members whose shares are inconsistent, and the number of wrong shares that could have been corrected. */
    private final Map<Integer, Integer> contradictory = new TreeMap<>();

    private final List<Accusation> accusations = new ArrayList<>();

    /** The weights of shares, cached by the shares' numbers, which are often equal for consecutive members. */
    private final Map<List<Integer>, int[]> weights = new HashMap<>();

    /**
     * @param members the ordinals of the members that advertised keys; the shares are numbered in this order
     * @param threshold the number of shares that reconstruct a secret
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
                throw new IllegalArgumentException(
                        "device " + advertisement.member() + " is not a member of the cohort");
            }
            this.sharing.put(advertisement.member(), advertisement);
        }
        this.sum = new int[words];
    }

    /**
     * Adds a member's masked vector.
     *
     * @throws SecAggException if the member has not shared its secrets or has already sent a vector, or if
     *     the vector has the wrong length
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
     * Removes the masks. Corrects a limited number of wrong shares. {@link #atFault} then returns the members involved
     * in many of them.
     *
     * @param reveals the shares that the members revealed for exactly {@link #included}; a member reveals no share that
     *     it could not decrypt
     * @return the sum of the included members' vectors, modulo 2^32
     * @throws SecAggException if there are too few shares, or inconsistent ones; then there is no sum, unless more
     *     members reveal
     */
    public int[] unmask(Collection<Reveal> reveals) throws SecAggException {
        Map<Integer, Map<Integer, byte[]>> ofSeeds = new HashMap<>();
        Map<Integer, Map<Integer, byte[]>> ofKeys = new HashMap<>();
        for (Reveal reveal : reveals) {
            reveal.seedShares().forEach((owner, share) -> put(ofSeeds, owner, reveal.member(), share));
            reveal.keyShares().forEach((owner, share) -> put(ofKeys, owner, reveal.member(), share));
        }
        int[] result = sum.clone();
        disputes.clear();
        contradictory.clear();
        accusations.clear();
        SecAggException lost = null;
        for (Advertisement member : sharing.values()) {
            try {
                if (included.contains(member.member())) {
                    removeOwnMask(member, shares(member.member(), reveals, ofSeeds), result);
                } else {
                    removePairMasks(member, shares(member.member(), reveals, ofKeys), result);
                }
            } catch (SecAggException e) {
                // Checks the others too, to find all members at fault.
                lost = lost == null ? e : lost;
            }
        }
        if (lost != null) {
            throw lost;
        }
        return result;
    }

    /**
     * Returns the members that sent wrong shares or falsely accused others, after {@link #unmask}. An honest member has
     * disputes with hostile members only. So a member that has disputes with more members than can be hostile is
     * hostile itself; fewer disputes prove nothing.
     *
     * @param colluding the number of members that may be hostile
     */
    public Set<Integer> atFault(int colluding) {
        int most = Math.max(1, colluding);
        Set<Integer> found = new TreeSet<>();
        disputes.forEach((member, others) -> {
            if (others.size() > most) {
                found.add(member);
            }
        });
        contradictory.forEach((owner, correctable) -> {
            if (correctable >= most) {
                found.add(owner);
            }
        });
        return found;
    }

    /**
     * Returns the findings of {@link #unmask}: for each member whose shares were wrong or missing, the number of others
     * that must be hostile if it is not. The findings of several cohorts can identify a hostile member where those of
     * one cannot.
     */
    public List<Accusation> accusations() {
        return List.copyOf(accusations);
    }

    /**
     * Returns the revealed shares of a member's secret, in the order of their numbers, and records the members that
     * revealed none.
     */
    private Map<Integer, byte[]> shares(
            int owner, Collection<Reveal> reveals, Map<Integer, Map<Integer, byte[]>> revealed) {
        Map<Integer, byte[]> ofOwner = revealed.getOrDefault(owner, Map.of());
        Map<Integer, byte[]> numbered = new TreeMap<>();
        for (Reveal reveal : reveals) {
            int number = number(owner, reveal.member());
            byte[] share = ofOwner.get(reveal.member());
            if (number > 0 && share != null && share.length == Crypto.KEY_BYTES) {
                numbered.put(number, share);
            } else if (number > 0) {
                dispute(owner, reveal.member());
            }
        }
        return numbered;
    }

    private void dispute(int one, int other) {
        accusations.add(new Accusation(one, Set.of(other), 1));
        disputes.computeIfAbsent(one, key -> new TreeSet<>()).add(other);
        disputes.computeIfAbsent(other, key -> new TreeSet<>()).add(one);
    }

    private static void put(Map<Integer, Map<Integer, byte[]>> shares, int owner, int from, byte[] share) {
        shares.computeIfAbsent(owner, key -> new TreeMap<>()).put(from, share);
    }

    private void removeOwnMask(Advertisement member, Map<Integer, byte[]> shares, int[] result) throws SecAggException {
        byte[] seed = secret(
                member.member(),
                shares,
                "seed",
                found -> Arrays.equals(SecAggDevice.commitment(context, member.member(), found), member.commitment()));
        MaskStream.add(SecAggDevice.ownSeed(context, seed), -1, result);
    }

    private void removePairMasks(Advertisement gone, Map<Integer, byte[]> shares, int[] result) throws SecAggException {
        byte[] key = secret(
                gone.member(), shares, "private key", found -> Arrays.equals(Crypto.publicKey(found), gone.maskKey()));
        for (int neighbour : included) {
            byte[] theirs = Objects.requireNonNull(sharing.get(neighbour)).maskKey();
            byte[] pair = SecAggDevice.pairSeed(context, key, theirs, gone.member(), neighbour);
            // The neighbour added this mask if its ordinal is the lower one.
            MaskStream.add(pair, neighbour < gone.member() ? -1 : 1, result);
        }
    }

    /** @param fits returns whether a secret matches its owner's commitment */
    private byte[] secret(int owner, Map<Integer, byte[]> shares, String what, Predicate<byte[]> fits)
            throws SecAggException {
        if (shares.size() < threshold) {
            throw new SecAggException(shares.size() + " shares of the " + what + " of member " + owner
                    + " were revealed, expected " + threshold);
        }
        List<Integer> first = List.copyOf(shares.keySet()).subList(0, threshold);
        byte[] secret = SecretSharing.combine(
                weights.computeIfAbsent(first, SecAggCohort::weights),
                List.copyOf(shares.values()).subList(0, threshold));
        return fits.test(secret) ? secret : corrected(owner, shares, fits);
    }

    private byte[] corrected(int owner, Map<Integer, byte[]> shares, Predicate<byte[]> fits) throws SecAggException {
        int[] numbers = shares.keySet().stream().mapToInt(Integer::intValue).toArray();
        ShareCorrection correction = new ShareCorrection(numbers, threshold);
        ShareCorrection.Corrected found = correction
                .correct(List.copyOf(shares.values()))
                .filter(corrected -> fits.test(corrected.secret()))
                .orElse(null);
        if (found == null) {
            contradictory.put(owner, correction.correctable());
            Set<Integer> others = new TreeSet<>();
            for (int number : numbers) {
                others.add(member(owner, number));
            }
            accusations.add(new Accusation(owner, others, correction.correctable() + 1));
            throw new SecAggException("the shares of member " + owner
                    + " do not give the secret that it committed to: it or its neighbours sent wrong ones");
        }
        found.wrong().stream().forEach(place -> dispute(owner, member(owner, numbers[place])));
        return found.secret();
    }

    private static int[] weights(List<Integer> numbers) {
        return SecretSharing.weights(
                numbers.stream().mapToInt(Integer::intValue).toArray());
    }

    /**
     * Returns the number of a member's share of another's secret: its position among the other members, from 1; 0 if it
     * has none.
     */
    private int number(int owner, int from) {
        int place = Arrays.binarySearch(members, from);
        if (place < 0 || from == owner) {
            return 0;
        }
        return from < owner ? place + 1 : place;
    }

    /** Returns the member that has a share of another's secret, as {@link #number} counts them. */
    private int member(int owner, int number) {
        return members[Arrays.binarySearch(members, owner) < number ? number : number - 1];
    }
}
