package io.evenkeel.client;

import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggCohort;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.MaskedVector;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One attempt of a {@link TestCohort}: the device under test and its neighbours, whose ordinals begin at 100. */
final class TestAttempt {

    private static final int FIRST = 100;

    /** The frames that the device has sent in each step. */
    final Map<String, byte[]> sent = new TreeMap<>();

    private final CohortContext context;
    private final int threshold;
    private final Map<Integer, SecAggDevice> devices = new TreeMap<>();
    private final Map<Integer, SignedAdvertisement> advertised = new TreeMap<>();
    private final List<EncryptedShares> shares = new ArrayList<>();
    private final int device;
    private @Nullable MaskedVector vector;
    private int @Nullable [] sum;

    TestAttempt(
            CohortContext context, SignedAdvertisement keys, byte[] frame, List<DeviceIdentity> others, int threshold) {
        this.context = context;
        this.threshold = threshold;
        this.device = keys.member();
        sent.put("keys", frame);
        advertised.put(device, keys);
        for (int i = 0; i < others.size(); i++) {
            SecAggDevice other = new SecAggDevice(context, FIRST + i, new SecureRandom());
            devices.put(FIRST + i, other);
            advertised.put(FIRST + i, others.get(i).sign(other.advertisement(), context));
        }
    }

    /** Returns the keys of the device under test. */
    SignedAdvertisement sentKeys() {
        return Objects.requireNonNull(advertised.get(device));
    }

    CohortKeys cohort() {
        return new CohortKeys(threshold, List.copyOf(advertised.values()));
    }

    void share(List<EncryptedShares> own) throws SecAggException {
        shares.addAll(own);
        for (Map.Entry<Integer, SecAggDevice> other : devices.entrySet()) {
            shares.addAll(other.getValue().share(cohort().neighboursOf(other.getKey()), threshold));
        }
    }

    List<EncryptedShares> sharesFor(int member) {
        return shares.stream().filter(share -> share.to() == member).toList();
    }

    /** Returns the members, all of which are in the sum. */
    Set<Integer> members() {
        return advertised.keySet();
    }

    void mask(MaskedVector masked) {
        vector = masked;
    }

    MaskedVector vector() {
        return Objects.requireNonNull(vector);
    }

    /**
     * Masks and reveals for the neighbours, which yields the sum.
     *
     * @param own the shares that the device revealed; null if the coordinator lies to the device
     */
    void reveal(List<Reveal> own) throws SecAggException {
        List<Advertisement> all = advertised.values().stream()
                .map(SignedAdvertisement::advertisement)
                .toList();
        SecAggCohort cohort = new SecAggCohort(context, members(), threshold, all, vector().words().length);
        cohort.add(device, vector().words());
        for (Map.Entry<Integer, SecAggDevice> other : devices.entrySet()) {
            int[] masked = words(other.getKey());
            other.getValue().mask(masked, sharesFor(other.getKey()));
            cohort.add(other.getKey(), masked);
        }
        List<Reveal> reveals = new ArrayList<>(own);
        for (SecAggDevice other : devices.values()) {
            reveals.add(other.reveal(cohort.included()));
        }
        sum = cohort.unmask(reveals);
    }

    /** Returns a neighbour's own vector, without a loss. */
    private int[] words(int member) {
        int[] words = new int[vector().words().length];
        for (int j = 0; j < words.length - 2; j++) {
            words[j] = (member * 31 + j * 7 + context.round()) % 1000 - 500;
        }
        return words;
    }

    int[] sum() {
        return Objects.requireNonNull(sum);
    }

    /** Returns the device's contribution to the sum. */
    int[] devicesWords() {
        int[] own = sum().clone();
        for (int other : devices.keySet()) {
            int[] words = words(other);
            Arrays.setAll(own, j -> own[j] - words[j]);
        }
        return own;
    }
}
