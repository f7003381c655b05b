package io.evenkeel.core.secagg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An aggregation of Java devices and one device of another SDK, for {@link io.evenkeel.core.CrossCheck}. The
 * members are 0 to n - 1, and the other SDK's device is member 0. Every word of member i's vector is i + 1.
 */
public final class MixedCohort {

    private static final CohortContext CONTEXT = new CohortContext("digits-7", 12, 3, SomeBasis.from(0));

    private final Map<Integer, SecAggDevice> devices = new TreeMap<>();
    private final Map<Integer, Advertisement> advertised = new TreeMap<>();
    private final List<EncryptedShares> shares = new ArrayList<>();
    private final int threshold;

    /**
     * @param size the number of members
     * @param threshold the number of shares that reconstruct a secret; at most size - 1
     * @param random the bytes that the Java devices draw, 32 (1 + 2 threshold) each
     */
    public MixedCohort(int size, int threshold, byte[] random) {
        this.threshold = threshold;
        int each = random.length / (size - 1);
        for (int member = 1; member < size; member++) {
            byte[] own = Arrays.copyOfRange(random, (member - 1) * each, member * each);
            devices.put(member, new SecAggDevice(CONTEXT, member, new ReplayedRandom(own)));
        }
        devices.forEach((member, device) -> advertised.put(member, device.advertisement()));
    }

    /** Receives the other device's keys, 96 bytes; returns those of the Java devices. */
    public String advertise(byte[] other) {
        advertised.put(
                0,
                new Advertisement(
                        0,
                        Arrays.copyOf(other, 32),
                        Arrays.copyOfRange(other, 32, 64),
                        Arrays.copyOfRange(other, 64, 96)));
        List<byte[]> all = new ArrayList<>();
        for (int member : devices.keySet()) {
            Advertisement one = advertisementOf(member);
            all.add(one.maskKey());
            all.add(one.shareKey());
            all.add(one.commitment());
        }
        return text(all);
    }

    private Advertisement advertisementOf(int member) {
        Advertisement found = advertised.get(member);
        if (found == null) {
            throw new IllegalStateException("member " + member + " has not advertised");
        }
        return found;
    }

    /** Receives the other device's shares, 80 bytes for each Java device; returns their shares for it. */
    public String share(byte[] other) throws SecAggException {
        for (Map.Entry<Integer, SecAggDevice> device : devices.entrySet()) {
            List<Advertisement> neighbours = new ArrayList<>(advertised.values());
            neighbours.remove(advertisementOf(device.getKey()));
            shares.addAll(device.getValue().share(neighbours, threshold));
        }
        for (int member : devices.keySet()) {
            int from = (member - 1) * EncryptedShares.BYTES;
            shares.add(new EncryptedShares(0, member, Arrays.copyOfRange(other, from, from + EncryptedShares.BYTES)));
        }
        return text(shares.stream()
                .filter(share -> share.to() == 0)
                .map(EncryptedShares::bytes)
                .toList());
    }

    /**
     * Masks the vectors of the Java devices, except for those that drop out now; adds the other device's
     * vector.
     */
    private SecAggCohort cohort(int[] other, Set<Integer> gone) throws SecAggException {
        SecAggCohort cohort =
                new SecAggCohort(CONTEXT, advertised.keySet(), threshold, advertised.values(), other.length);
        cohort.add(0, other);
        for (Map.Entry<Integer, SecAggDevice> device : devices.entrySet()) {
            int member = device.getKey();
            if (!gone.contains(member)) {
                int[] vector = new int[other.length];
                Arrays.fill(vector, member + 1);
                device.getValue()
                        .mask(
                                vector,
                                shares.stream()
                                        .filter(share -> share.to() == member)
                                        .toList());
                cohort.add(member, vector);
            }
        }
        return cohort;
    }

    /**
     * Returns the sum.
     *
     * @param other the other device's masked vector
     * @param gone the Java devices that drop out before they mask
     * @param revealed the other device's shares, 32 bytes for each Java device
     */
    public String sum(int[] other, Set<Integer> gone, byte[] revealed) throws SecAggException {
        SecAggCohort cohort = cohort(other, gone);
        Map<Integer, byte[]> seedShares = new TreeMap<>();
        Map<Integer, byte[]> keyShares = new TreeMap<>();
        List<Reveal> reveals = new ArrayList<>();
        for (Map.Entry<Integer, SecAggDevice> device : devices.entrySet()) {
            int member = device.getKey();
            byte[] share = Arrays.copyOfRange(revealed, (member - 1) * 32, member * 32);
            if (gone.contains(member)) {
                keyShares.put(member, share);
            } else {
                seedShares.put(member, share);
                reveals.add(device.getValue().reveal(cohort.included()));
            }
        }
        reveals.add(new Reveal(0, seedShares, keyShares));
        return Arrays.toString(cohort.unmask(reveals)).replace(" ", "");
    }

    private static String text(List<byte[]> parts) {
        byte[] all = new byte[0];
        for (byte[] part : parts) {
            all = Crypto.join(all, part);
        }
        return Base64.getEncoder().encodeToString(all);
    }
}
