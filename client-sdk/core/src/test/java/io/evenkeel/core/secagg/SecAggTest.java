package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SecAggTest {

    private static final int WORDS = 5;

    private static int[] vector(Random random) {
        return random.ints(WORDS).toArray();
    }

    private static Map<Integer, int[]> vectors(Iterable<Integer> members, Random random) {
        Map<Integer, int[]> vectors = new TreeMap<>();
        members.forEach(member -> vectors.put(member, vector(random)));
        return vectors;
    }

    private static Set<Integer> without(Set<Integer> members, double dropout, Random random) {
        Set<Integer> left = new TreeSet<>(members);
        left.removeIf(member -> random.nextDouble() < dropout);
        return left;
    }

    /** Devices drop out between any two steps. The result is either the exact sum of the included vectors, or none. */
    @Property(tries = 60)
    void givesTheSumOfTheMembersIncludedOrNothing(
            @ForAll @IntRange(min = 3, max = 14) int size,
            @ForAll @DoubleRange(min = 0, max = 0.25) double dropout,
            @ForAll long seed)
            throws SecAggException {
        Random random = new Random(seed);
        Aggregation aggregation = new Aggregation(size, (size - 1) / 2 + 1);
        Set<Integer> sharing = without(aggregation.devices.keySet(), dropout, random);
        aggregation.share(sharing);
        Map<Integer, int[]> vectors = vectors(without(sharing, dropout, random), random);
        try {
            aggregation.mask(vectors);
            SecAggCohort cohort = aggregation.cohort(WORDS);
            List<Reveal> reveals = aggregation.reveal(without(vectors.keySet(), dropout, random));

            assertThat(cohort.unmask(reveals)).isEqualTo(Aggregation.sum(vectors.values(), WORDS));
            assertThat(cohort.included()).isEqualTo(vectors.keySet());
        } catch (SecAggException tooFew) {
            assertThat(tooFew.getMessage()).containsPattern("expected( at least)? " + aggregation.threshold);
            assertThat(dropout).isPositive();
        }
    }

    @Test
    void endsWithSharesOfExactlyTheThreshold() throws SecAggException {
        Aggregation aggregation = new Aggregation(7, 4);
        aggregation.share(aggregation.devices.keySet());
        Map<Integer, int[]> vectors = vectors(Set.of(0, 2, 4, 6, 8), new Random(1));
        aggregation.mask(vectors);
        SecAggCohort cohort = aggregation.cohort(WORDS);
        List<Reveal> reveals = aggregation.reveal(List.of(0, 2, 4, 6));
        assertThatThrownBy(() -> cohort.unmask(reveals))
                .as("member 0 has revealed no share of its own seed")
                .hasMessage("3 shares of the seed of member 0 were revealed, expected 4");
        reveals.addAll(aggregation.reveal(List.of(8)));
        assertThat(cohort.unmask(reveals)).isEqualTo(Aggregation.sum(vectors.values(), WORDS));
    }

    /**
     * Even if no device checked the signatures, a device with a different model or plan would share no secret with the
     * others.
     */
    @Test
    void sharesNothingWithADeviceThatHasAnotherModelOrPlan() throws SecAggException {
        List<SecAggDevice> devices = new ArrayList<>();
        List<Advertisement> keys = new ArrayList<>();
        for (int member = 0; member < 3; member++) {
            CohortContext context = new CohortContext("a", 1, 0, SomeBasis.from(member == 2 ? 1 : 0));
            devices.add(new SecAggDevice(context, member, new SecureRandom()));
            keys.add(devices.get(member).advertisement());
        }
        List<EncryptedShares> shares = new ArrayList<>();
        for (int member = 0; member < 3; member++) {
            List<Advertisement> others = new ArrayList<>(keys);
            others.remove(member);
            shares.addAll(devices.get(member).share(others, 2));
        }
        List<EncryptedShares> received =
                shares.stream().filter(share -> share.to() == 0).toList();
        assertThatThrownBy(() -> devices.get(0).mask(new int[WORDS], received))
                .isInstanceOf(SecAggException.class)
                .hasMessage("shares of 2 neighbours arrived and those of 1 can be decrypted, expected at least 2");
    }

    /** The coordinator cannot tell which of two vectors a member masked: the words are uniform for both. */
    @Test
    void masksEveryWordUniformly() throws SecAggException {
        int[] counts = new int[16];
        for (int i = 0; i < 20; i++) {
            Aggregation aggregation = new Aggregation(3, 2);
            aggregation.share(aggregation.devices.keySet());
            aggregation.mask(Map.of(0, new int[400]));
            for (int word : Objects.requireNonNull(aggregation.masked.get(0))) {
                counts[word >>> 28]++;
            }
        }
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - 500.0) * (count - 500.0) / 500;
        }
        assertThat(chiSquare)
                .as("15 degrees of freedom; above 50 once in 100,000 runs")
                .isLessThan(50);
    }

    @Test
    void revealsSharesOfASeedOrOfAKeyAndOnlyOnce() throws SecAggException {
        Aggregation aggregation = new Aggregation(5, 3);
        aggregation.share(aggregation.devices.keySet());
        aggregation.mask(vectors(aggregation.devices.keySet(), new Random(1)));
        SecAggDevice device = aggregation.device(0);
        Reveal reveal = device.reveal(Set.of(2, 4, 6));
        assertThat(reveal.seedShares().keySet()).containsExactly(2, 4, 6);
        assertThat(reveal.keyShares().keySet()).containsExactly(8);
        assertThatThrownBy(() -> device.reveal(Set.of(2, 4, 8)))
                .as("the coordinator asks again, for the other secret")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has REVEALED");
    }

    @Test
    void revealsNothingForASumOfTooFew() throws SecAggException {
        Aggregation aggregation = new Aggregation(5, 3);
        aggregation.share(aggregation.devices.keySet());
        aggregation.mask(vectors(aggregation.devices.keySet(), new Random(1)));
        assertThatThrownBy(() -> aggregation.device(0).reveal(Set.of(0, 2, 4)))
                .isInstanceOf(SecAggException.class)
                .hasMessageContaining("2 of this device's neighbours, expected at least 3");
    }

    @Test
    void refusesAThresholdThatWouldGiveBothSecrets() {
        Aggregation aggregation = new Aggregation(5, 3);
        for (int threshold : List.of(0, 1, 2, 5)) {
            assertThatThrownBy(() -> aggregation.device(0).share(aggregation.neighboursOf(0), threshold))
                    .isInstanceOf(SecAggException.class)
                    .hasMessageContaining("the threshold is " + threshold + " of 4");
        }
    }

    @Test
    void refusesNeighboursThatAreTheSameDeviceOrHaveNoRealKey() {
        Aggregation aggregation = new Aggregation(4, 2);
        SecAggDevice device = aggregation.device(0);
        List<Advertisement> real = aggregation.neighboursOf(0);
        Advertisement twin = new Advertisement(
                99, real.get(0).maskKey(), real.get(0).shareKey(), real.get(0).commitment());
        Advertisement itself = device.advertisement();
        Advertisement nobody = new Advertisement(99, new byte[32], new byte[32], new byte[32]);
        for (Map.Entry<Advertisement, String> wrong : Map.of(
                        twin, "have the same key", itself, "this device itself", nobody, "does not belong to a device")
                .entrySet()) {
            List<Advertisement> neighbours = new ArrayList<>(real.subList(0, 2));
            neighbours.add(wrong.getKey());
            assertThatThrownBy(() -> new SecAggDevice(aggregation.context, 0, new SecureRandom()).share(neighbours, 3))
                    .isInstanceOf(SecAggException.class)
                    .hasMessageContaining(wrong.getValue());
        }
    }

    @Test
    void refusesSharesThatWereChangedOrAreForAnotherDevice() throws SecAggException {
        Aggregation aggregation = new Aggregation(4, 2);
        aggregation.share(aggregation.devices.keySet());
        EncryptedShares good = aggregation.sharesFor(0).get(0);
        byte[] bytes = good.bytes();
        bytes[5] ^= 1;
        EncryptedShares moved = aggregation.sharesFor(2).get(1);
        for (EncryptedShares wrong : List.of(
                new EncryptedShares(good.from(), 0, bytes),
                new EncryptedShares(moved.from(), 0, moved.bytes()),
                new EncryptedShares(98, 0, good.bytes()))) {
            assertThatThrownBy(() -> aggregation.device(0).mask(new int[WORDS], List.of(wrong)))
                    .isInstanceOf(SecAggException.class)
                    .hasMessageContaining(
                            wrong.from() == 98 ? "member 98" : "those of 0 can be decrypted, expected at least 2");
        }
    }

    /** All ten members are in the sum, and any five shares reconstruct a secret. */
    private static Aggregation tenInTheSum() throws SecAggException {
        Aggregation aggregation = new Aggregation(10, 5);
        aggregation.share(aggregation.devices.keySet());
        return aggregation;
    }

    private static void spoil(Aggregation aggregation, int from, int... receivers) {
        List<EncryptedShares> sent = Objects.requireNonNull(aggregation.sent.get(from));
        for (int to : receivers) {
            sent.replaceAll(share -> {
                byte[] bytes = share.bytes();
                if (share.to() == to) {
                    bytes[0] ^= 1;
                }
                return new EncryptedShares(from, share.to(), bytes);
            });
        }
    }

    private static void spoil(List<Reveal> reveals, int by, int owner) {
        Objects.requireNonNull(reveals.get(by / 2).seedShares().get(owner))[3] ^= 1;
    }

    private record Unmasked(boolean isRight, Set<Integer> atFault) {}

    private static Unmasked unmasked(Aggregation aggregation, Consumer<List<Reveal>> lie) throws SecAggException {
        Map<Integer, int[]> vectors = vectors(aggregation.devices.keySet(), new Random(1));
        aggregation.mask(vectors);
        SecAggCohort cohort = aggregation.cohort(WORDS);
        List<Reveal> reveals = aggregation.reveal(aggregation.devices.keySet());
        lie.accept(reveals);
        try {
            assertThat(cohort.unmask(reveals)).isEqualTo(Aggregation.sum(vectors.values(), WORDS));
            return new Unmasked(true, cohort.atFault(1));
        } catch (SecAggException e) {
            return new Unmasked(false, cohort.atFault(1));
        }
    }

    @Test
    void addsUpDespiteAFewUndecryptableSharesAndBlamesMembersThatSpoilMore() throws SecAggException {
        Aggregation one = tenInTheSum();
        spoil(one, 4, 0);
        assertThat(unmasked(one, reveals -> {}))
                .as("member 0 could also have lied")
                .isEqualTo(new Unmasked(true, Set.of()));
        Aggregation two = tenInTheSum();
        spoil(two, 4, 0, 2);
        assertThat(unmasked(two, reveals -> {})).isEqualTo(new Unmasked(true, Set.of(4)));
        Aggregation most = tenInTheSum();
        spoil(most, 4, 0, 2, 6, 8, 10);
        assertThat(unmasked(most, reveals -> {})).isEqualTo(new Unmasked(false, Set.of(4)));
    }

    @Test
    void correctsFewWrongSharesAndBlamesTheirSenderOrTheirReceiver() throws SecAggException {
        assertThat(unmasked(tenInTheSum(), reveals -> spoil(reveals, 0, 4))).isEqualTo(new Unmasked(true, Set.of()));
        assertThat(unmasked(tenInTheSum(), reveals -> {
                    spoil(reveals, 0, 4);
                    spoil(reveals, 2, 4);
                }))
                .isEqualTo(new Unmasked(true, Set.of(4)));
        assertThat(unmasked(tenInTheSum(), reveals -> {
                    spoil(reveals, 0, 4);
                    spoil(reveals, 0, 6);
                }))
                .isEqualTo(new Unmasked(true, Set.of(0)));
    }

    @Test
    void blamesAMemberWhoseSharesAreInconsistent() throws SecAggException {
        assertThat(unmasked(tenInTheSum(), reveals -> {
                    for (int by : new int[] {0, 2, 6, 8}) {
                        spoil(reveals, by, 4);
                    }
                }))
                .isEqualTo(new Unmasked(false, Set.of(4)));
    }

    /** A receiver falsely reports that it could not decrypt the shares of any other member. */
    @Test
    void blamesAMemberThatComplainsAboutMany() throws SecAggException {
        assertThat(unmasked(tenInTheSum(), reveals -> reveals.set(0, new Reveal(0, Map.of(), Map.of()))))
                .isEqualTo(new Unmasked(true, Set.of(0)));
    }

    @Test
    void findsAWrongShareInsteadOfGivingAWrongSum() throws SecAggException {
        for (boolean ofKey : List.of(false, true)) {
            Aggregation aggregation = new Aggregation(5, 3);
            aggregation.share(aggregation.devices.keySet());
            aggregation.mask(vectors(Set.of(0, 2, 4, 6), new Random(1)));
            SecAggCohort cohort = aggregation.cohort(WORDS);
            List<Reveal> reveals = aggregation.reveal(List.of(0, 2, 4, 6));
            Reveal first = reveals.get(0);
            (ofKey ? first.keyShares() : first.seedShares()).values().iterator().next()[3] ^= 1;
            assertThatThrownBy(() -> cohort.unmask(reveals))
                    .isInstanceOf(SecAggException.class)
                    .hasMessageContaining("do not give the secret");
        }
    }

    @Test
    void addsEachMemberOnceAndNoNonMember() throws SecAggException {
        Aggregation aggregation = new Aggregation(4, 2);
        aggregation.share(Set.of(0, 2, 4));
        SecAggCohort cohort = aggregation.cohort(WORDS);
        cohort.add(0, new int[WORDS]);
        assertThatThrownBy(() -> cohort.add(0, new int[WORDS]))
                .hasMessageContaining("member 0 has sent a vector before");
        assertThatThrownBy(() -> cohort.add(6, new int[WORDS])).hasMessageContaining("member 6 has not shared");
        assertThatThrownBy(() -> cohort.add(2, new int[4])).hasMessageContaining("has 4 words, expected 5");
        assertThat(cohort.included()).containsExactly(0);
    }

    @Test
    void bindsSignaturesToTheContextAndToEveryField() {
        Advertisement one = new SecAggDevice(new CohortContext("a", 1, 0, SomeBasis.from(0)), 3, new SecureRandom())
                .advertisement();
        byte[] signed = one.signed(new CohortContext("a", 1, 0, SomeBasis.from(0)));
        assertThat(one.signed(new CohortContext("a", 1, 1, SomeBasis.from(0)))).isNotEqualTo(signed);
        assertThat(one.signed(new CohortContext("a", 2, 0, SomeBasis.from(0)))).isNotEqualTo(signed);
        assertThat(one.signed(new CohortContext("b", 1, 0, SomeBasis.from(0)))).isNotEqualTo(signed);
        assertThat(one.signed(new CohortContext("a", 1, 0, SomeBasis.from(1)))).isNotEqualTo(signed);
        assertThat(new Advertisement(4, one.maskKey(), one.shareKey(), one.commitment())
                        .signed(new CohortContext("a", 1, 0, SomeBasis.from(0))))
                .isNotEqualTo(signed);
        assertThat(new Advertisement(3, one.maskKey(), one.maskKey(), one.commitment())
                        .signed(new CohortContext("a", 1, 0, SomeBasis.from(0))))
                .isNotEqualTo(signed);
    }
}
