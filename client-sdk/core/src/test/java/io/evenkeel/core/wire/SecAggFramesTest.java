package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireWriter;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SecAggFramesTest {

    private static final int WORDS = 7;

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static SignedAdvertisement device(int member, Random random) {
        return new SignedAdvertisement(
                new Advertisement(member, bytes(random, 32), bytes(random, 32), bytes(random, 32)),
                bytes(random, 32),
                bytes(random, 64),
                bytes(random, 32),
                new CohortBasis(bytes(random, 32)),
                bytes(random, 64));
    }

    private static Set<Integer> members(Random random) {
        Set<Integer> members = new TreeSet<>();
        int count = random.nextInt(9);
        while (members.size() < count) {
            members.add(random.nextInt(Integer.MAX_VALUE));
        }
        return members;
    }

    private static CohortKeys cohort(Random random) {
        int count = 2 + random.nextInt(7);
        Set<Integer> members = new TreeSet<>();
        while (members.size() < count) {
            members.add(random.nextInt(1000));
        }
        List<SignedAdvertisement> devices = new ArrayList<>();
        members.forEach(member -> devices.add(device(member, random)));
        return new CohortKeys(random.nextInt(0x10000), devices);
    }

    private static Reveal reveal(Random random) {
        Map<Integer, byte[]> seeds = new TreeMap<>();
        Map<Integer, byte[]> keys = new TreeMap<>();
        members(random).forEach(member -> (random.nextBoolean() ? seeds : keys).put(member, bytes(random, 32)));
        return new Reveal(4, seeds, keys);
    }

    private static MaskedVector masked(Random random) {
        return new MaskedVector(
                1 + random.nextInt(9),
                random.nextLong(),
                random.nextLong(),
                random.ints(WORDS).toArray());
    }

    /** The kinds of frames, each with its encoding and its round trip. */
    private enum Kind {
        KEYS(
                random -> SecAggFrames.encode(device(random.nextInt(Integer.MAX_VALUE), random)),
                frame -> SecAggFrames.encode(SecAggFrames.decodeKeys(frame))),
        COHORT(
                random -> SecAggFrames.encode(cohort(random)),
                frame -> SecAggFrames.encode(SecAggFrames.decodeCohort(frame))),
        SENT(
                random -> SecAggFrames.encodeSent(shares(random, true)),
                frame -> SecAggFrames.encodeSent(SecAggFrames.decodeSent(frame, 5))),
        RECEIVED(
                random -> SecAggFrames.encodeReceived(shares(random, false)),
                frame -> SecAggFrames.encodeReceived(SecAggFrames.decodeReceived(frame, 5))),
        MASKED(
                random -> SecAggFrames.encode(masked(random)),
                frame -> SecAggFrames.encode(SecAggFrames.decodeMasked(frame, WORDS))),
        INCLUDED(
                random -> SecAggFrames.encodeIncluded(members(random)),
                frame -> SecAggFrames.encodeIncluded(SecAggFrames.decodeIncluded(frame))),
        REVEAL(
                random -> SecAggFrames.encode(reveal(random)),
                frame -> SecAggFrames.encode(SecAggFrames.decodeReveal(frame, 4)));

        private final Function<Random, byte[]> any;
        private final UnaryOperator<byte[]> again;

        Kind(Function<Random, byte[]> any, UnaryOperator<byte[]> again) {
            this.any = any;
            this.again = again;
        }

        private static List<EncryptedShares> shares(Random random, boolean sent) {
            List<EncryptedShares> shares = new ArrayList<>();
            members(random)
                    .forEach(member -> shares.add(new EncryptedShares(
                            sent ? 5 : member, sent ? member : 5, bytes(random, EncryptedShares.BYTES))));
            return shares;
        }
    }

    @Property(tries = 300)
    void roundTrips(@ForAll Random random, @ForAll Kind kind) {
        byte[] frame = kind.any.apply(random);
        assertThat(kind.again.apply(frame)).isEqualTo(frame);
        if (kind != Kind.MASKED) {
            assertThat(frame).hasSizeLessThanOrEqualTo(SecAggFrames.mostBytes());
        }
    }

    @Test
    void keepsEveryField() {
        Random random = new Random(1);
        SignedAdvertisement keys = device(9, random);
        assertThat(SecAggFrames.decodeKeys(SecAggFrames.encode(keys))).isEqualTo(keys);
        CohortKeys told = cohort(random);
        assertThat(SecAggFrames.decodeCohort(SecAggFrames.encode(told))).isEqualTo(told);
        EncryptedShares share = new EncryptedShares(2, 3, bytes(random, EncryptedShares.BYTES));
        assertThat(SecAggFrames.decodeSent(SecAggFrames.encodeSent(List.of(share)), 2))
                .containsExactly(share);
        assertThat(SecAggFrames.decodeReceived(SecAggFrames.encodeReceived(List.of(share)), 3))
                .containsExactly(share);
        MaskedVector vector = masked(random);
        byte[] frame = SecAggFrames.encode(vector);
        assertThat((long) frame.length).isEqualTo(SecAggFrames.maskedBytes(WORDS));
        MaskedVector read = SecAggFrames.decodeMasked(frame, WORDS);
        assertThat(List.of(read.sequence(), read.previous(), read.digest()))
                .containsExactly(vector.sequence(), vector.previous(), vector.digest());
        assertThat(read.words()).isEqualTo(vector.words());
        assertThat(SecAggFrames.decodeIncluded(SecAggFrames.encodeIncluded(Set.of(7, 3))))
                .containsExactly(3, 7);
        Reveal reveal = SecAggFrames.decodeReveal(
                SecAggFrames.encode(new Reveal(4, Map.of(8, bytes(random, 32)), Map.of(1, bytes(random, 32)))), 4);
        assertThat(reveal.seedShares()).containsOnlyKeys(8);
        assertThat(reveal.keyShares()).containsOnlyKeys(1);
    }

    /** A changed, shortened or lengthened frame is refused with a {@code WireException}, never another exception. */
    @Property(tries = 2000)
    void refusesMutatedBytes(@ForAll Random random, @ForAll Kind kind) {
        byte[] frame = kind.any.apply(random);
        byte[] wrong = switch (random.nextInt(3)) {
            case 0 -> Arrays.copyOf(frame, random.nextInt(frame.length));
            case 1 -> Arrays.copyOf(frame, frame.length + 1 + random.nextInt(100));
            default -> flipped(frame, random);
        };
        assertThatThrownBy(() -> kind.again.apply(wrong)).isInstanceOf(WireException.class);
    }

    private static byte[] flipped(byte[] frame, Random random) {
        byte[] wrong = frame.clone();
        wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
        return wrong;
    }

    /** With a correct checksum, any accepted frame is the only encoding of its content. */
    @Property(tries = 3000)
    void acceptsCanonicalBytesOnly(@ForAll Random random, @ForAll Kind kind) {
        byte[] wrong = summed(flipped(kind.any.apply(random), random));
        byte[] again;
        try {
            again = kind.again.apply(wrong);
        } catch (WireException e) {
            assertThat(e.position()).isBetween(0, wrong.length);
            return;
        }
        assertThat(again).isEqualTo(wrong);
    }

    private static byte[] summed(byte[] frame) {
        new WireWriter(frame, frame.length - Checksum.BYTES).checksum(0);
        return frame;
    }

    private static void assertRefused(byte[] frame, Fault fault, int position, UnaryOperator<byte[]> decode) {
        assertThatThrownBy(() -> decode.apply(frame)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault);
            assertThat(e.position()).as(e.getMessage()).isEqualTo(position);
        });
    }

    private static ByteBuffer view(byte[] frame) {
        return ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void namesTheByteThatIsWrong() {
        Random random = new Random(2);
        byte[] included = SecAggFrames.encodeIncluded(Set.of(3, 7));
        UnaryOperator<byte[]> decodeIncluded = Kind.INCLUDED.again;
        assertRefused(new byte[0], Fault.TRUNCATED, 0, decodeIncluded);
        assertRefused(Arrays.copyOf(included, 10), Fault.TRUNCATED, 10, decodeIncluded);
        assertRefused(Arrays.copyOf(included, 30), Fault.TRAILING_BYTES, 19, decodeIncluded);
        assertRefused(SecAggFrames.encode(reveal(random)), Fault.WRONG_MAGIC, 4, decodeIncluded);
        byte[] corrupted = included.clone();
        corrupted[8] ^= 1;
        assertRefused(corrupted, Fault.CORRUPTED, 15, decodeIncluded);
        byte[] flagged = included.clone();
        flagged[3] = 1;
        assertRefused(summed(flagged), Fault.NOT_CANONICAL, 3, decodeIncluded);
        byte[] many = included.clone();
        view(many).putShort(5, (short) -1);
        assertRefused(summed(many), Fault.TRUNCATED, 19, decodeIncluded);
        byte[] twice = included.clone();
        view(twice).putInt(11, 3);
        assertRefused(summed(twice), Fault.NOT_CANONICAL, 11, decodeIncluded);
        byte[] negative = included.clone();
        view(negative).putInt(7, -1);
        assertRefused(summed(negative), Fault.INVALID_VALUE, 7, decodeIncluded);

        byte[] reveal = SecAggFrames.encode(new Reveal(4, Map.of(8, bytes(random, 32)), Map.of()));
        reveal[11] = 2;
        assertRefused(summed(reveal), Fault.NOT_CANONICAL, 11, Kind.REVEAL.again);

        byte[] masked = SecAggFrames.encode(masked(random));
        view(masked).putLong(5, 0);
        assertRefused(summed(masked), Fault.INVALID_VALUE, 5, Kind.MASKED.again);
        view(masked).putInt(29, -1);
        assertRefused(summed(masked), Fault.WRONG_DIMENSION, 29, Kind.MASKED.again);

        byte[] told = SecAggFrames.encode(cohort(random));
        view(told).putInt(9, -1);
        assertRefused(summed(told), Fault.INVALID_VALUE, 9, Kind.COHORT.again);
    }

    @Test
    void encodesNothingTwice() {
        EncryptedShares share = new EncryptedShares(2, 3, new byte[EncryptedShares.BYTES]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecAggFrames.encodeSent(List.of(share, share)))
                .withMessageContaining("member 3 occurs twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SecAggFrames.encode(new Reveal(1, Map.of(2, new byte[32]), Map.of(2, new byte[32]))))
                .withMessageContaining("member 2 occurs twice");
    }
}
