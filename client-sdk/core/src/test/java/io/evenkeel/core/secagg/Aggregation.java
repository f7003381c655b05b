package io.evenkeel.core.secagg;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** One aggregation in memory, step by step, so that a test can drop devices and change what they send. */
final class Aggregation {

    final CohortContext context = new CohortContext("digits", 7, 0, SomeBasis.from(0));
    final Map<Integer, SecAggDevice> devices = new TreeMap<>();
    final Map<Integer, Advertisement> advertised = new TreeMap<>();
    final Map<Integer, List<EncryptedShares>> sent = new TreeMap<>();
    final Map<Integer, int[]> masked = new TreeMap<>();
    final int threshold;

    Aggregation(int size, int threshold) {
        this.threshold = threshold;
        for (int i = 0; i < size; i++) {
            devices.put(2 * i, new SecAggDevice(context, 2 * i, new SecureRandom()));
        }
        devices.forEach((member, device) -> advertised.put(member, device.advertisement()));
    }

    SecAggDevice device(int member) {
        return Objects.requireNonNull(devices.get(member));
    }

    List<Advertisement> neighboursOf(int member) {
        return advertised.values().stream()
                .filter(other -> other.member() != member)
                .toList();
    }

    /** The members share their secrets. */
    void share(Collection<Integer> members) throws SecAggException {
        for (int member : members) {
            sent.put(member, device(member).share(neighboursOf(member), threshold));
        }
    }

    List<EncryptedShares> sharesFor(int member) {
        List<EncryptedShares> shares = new ArrayList<>();
        sent.values()
                .forEach(all ->
                        all.stream().filter(share -> share.to() == member).forEach(shares::add));
        return shares;
    }

    /** The members mask their vectors and send them. */
    void mask(Map<Integer, int[]> vectors) throws SecAggException {
        for (Map.Entry<Integer, int[]> vector : vectors.entrySet()) {
            int[] words = vector.getValue().clone();
            device(vector.getKey()).mask(words, sharesFor(vector.getKey()));
            masked.put(vector.getKey(), words);
        }
    }

    SecAggCohort cohort(int words) throws SecAggException {
        List<Advertisement> sharing =
                sent.keySet().stream().map(advertised::get).toList();
        SecAggCohort cohort = new SecAggCohort(context, devices.keySet(), threshold, sharing, words);
        for (Map.Entry<Integer, int[]> vector : masked.entrySet()) {
            cohort.add(vector.getKey(), vector.getValue());
        }
        return cohort;
    }

    List<Reveal> reveal(Collection<Integer> members) throws SecAggException {
        Set<Integer> included = new TreeSet<>(masked.keySet());
        List<Reveal> reveals = new ArrayList<>();
        for (int member : members) {
            reveals.add(device(member).reveal(included));
        }
        return reveals;
    }

    static int[] sum(Collection<int[]> vectors, int words) {
        int[] sum = new int[words];
        vectors.forEach(vector -> Arrays.setAll(sum, i -> sum[i] + vector[i]));
        return sum;
    }
}
