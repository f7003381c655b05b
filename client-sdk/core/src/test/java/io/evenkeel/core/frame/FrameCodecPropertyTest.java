package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Same;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

public class FrameCodecPropertyTest {

    private static final List<String> SUPPORTS = List.of("all", "listed", "seeded", "blocks");
    private static final List<ValueCoding> CODINGS = List.of(ValueCoding.values());

    @Property(tries = 1500)
    void roundTrip(@ForAll("vectors") CompressedVector vector) {
        byte[] bytes = FrameCodec.encode(vector);

        assertThat(FrameCodec.encodedSize(vector)).isEqualTo(bytes.length);
        Same.vectors(FrameCodec.decode(bytes, FrameLimits.of(vector.dimension())), vector);
    }

    @Property(tries = 500)
    void decodeAndEncodeToTheSameBytes(@ForAll("vectors") CompressedVector vector) {
        byte[] bytes = FrameCodec.encode(vector);

        assertThat(FrameCodec.encode(FrameCodec.decode(bytes, FrameLimits.of(vector.dimension()))))
                .isEqualTo(bytes);
    }

    @Property(tries = 1500)
    void neverDecodeMutatedBytes(@ForAll("vectors") CompressedVector vector, @ForAll Random random) {
        byte[] bytes = mutated(FrameCodec.encode(vector), random);

        assertThat(isRefused(bytes, vector.dimension())).isTrue();
    }

    @Property(tries = 4000)
    void refuseOrDecodeMutatedBytesWithAValidChecksum(
            @ForAll("vectors") CompressedVector vector, @ForAll Random random) {
        byte[] bytes = FrameCodec.encode(vector);
        byte[] mutated = mutated(bytes, random);
        if (mutated.length < FrameLayout.HEADER_BYTES + Checksum.BYTES) {
            return;
        }
        System.arraycopy(bytes, 0, mutated, 0, FormatHeader.FLAGS_OFFSET);
        sealed(mutated);

        refuseOrRoundTrip(mutated, vector.dimension());
    }

    @Property(tries = 2000)
    void refuseOrDecodeRandomBytesWithAValidChecksum(
            @ForAll @IntRange(min = 17, max = 80) int size,
            @ForAll @IntRange(min = 1, max = 60) int dimension,
            @ForAll Random random) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        WireWriter out = new WireWriter(bytes, 0);
        FormatHeader.FRAME.write(out, 0);
        out.u8(random.nextInt(CODINGS.size()) << 4 | random.nextInt(8));
        out.i32(dimension);
        out.i32(random.nextInt(dimension + 1));
        sealed(bytes);

        refuseOrRoundTrip(bytes, dimension);
    }

    @Property(tries = 2000)
    void refuseRandomBytes(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 100) int dimension) {
        assertThat(isRefused(bytes, dimension)).isTrue();
    }

    /** Checks that bytes are refused, or decoded to a vector that is the same after another round trip. */
    private static void refuseOrRoundTrip(byte[] bytes, int dimension) {
        CompressedVector decoded;
        try {
            decoded = FrameCodec.decode(bytes, FrameLimits.of(dimension));
        } catch (WireException e) {
            assertThat(e.position()).isBetween(0, bytes.length);
            return;
        }
        Same.vectors(FrameCodec.decode(FrameCodec.encode(decoded), FrameLimits.of(dimension)), decoded);
    }

    private static boolean isRefused(byte[] bytes, int dimension) {
        try {
            FrameCodec.decode(bytes, FrameLimits.of(dimension));
            return false;
        } catch (WireException e) {
            return e.position() >= 0 && e.position() <= bytes.length;
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(mutated.length);
            mutated[at] ^= (byte) (1 + random.nextInt(255));
        }
        int change = random.nextInt(4);
        int size = change == 0 ? random.nextInt(bytes.length) : bytes.length + (change == 1 ? random.nextInt(9) : 0);
        byte[] result = Arrays.copyOf(mutated, size);
        // Two changes of one byte can cancel out.
        return Arrays.equals(result, bytes) ? new byte[0] : result;
    }

    private static void sealed(byte[] bytes) {
        WireWriter out = new WireWriter(bytes, bytes.length - Checksum.BYTES);
        out.checksum(0);
    }

    @Provide
    Arbitrary<CompressedVector> vectors() {
        return Arbitraries.randomValue(FrameCodecPropertyTest::vector);
    }

    public static CompressedVector vector(Random random) {
        int dimension = 1 + (random.nextInt(8) == 0 ? random.nextInt(20_000) : random.nextInt(200));
        Support support = support(SUPPORTS.get(random.nextInt(SUPPORTS.size())), dimension, random);
        ValueCoding coding = CODINGS.get(random.nextInt(CODINGS.size()));
        double[] values = new double[support.count()];
        int kind = random.nextInt(4);
        for (int j = 0; j < values.length; j++) {
            values[j] = value(kind, random);
        }
        coding.round(values);
        return new CompressedVector(support, coding, values);
    }

    private static double value(int kind, Random random) {
        return switch (kind) {
            case 0 -> random.nextGaussian();
            case 1 -> random.nextBoolean() ? 0.0 : -0.0;
            case 2 -> finite(random.nextLong());
            default -> random.nextGaussian() * Double.MIN_NORMAL;
        };
    }

    private static double finite(long bits) {
        double value = Double.longBitsToDouble(bits);
        return Double.isFinite(value) ? value : 1;
    }

    private static Support support(String kind, int dimension, Random random) {
        int count = random.nextInt(1 + dimension / (1 << random.nextInt(8)));
        return switch (kind) {
            case "all" -> new Support.All(dimension);
            case "listed" -> new Support.Listed(dimension, drawn(dimension, count, random));
            case "seeded" -> new Support.Seeded(dimension, count, random.nextLong());
            default -> {
                int length = 1 + random.nextInt(Math.min(dimension, 40));
                int total = Support.Blocks.total(dimension, length);
                yield new Support.Blocks(dimension, length, drawn(total, random.nextInt(total + 1), random));
            }
        };
    }

    private static int[] drawn(int bound, int count, Random random) {
        if (count > 0 && random.nextBoolean()) {
            return clustered(bound, count, random);
        }
        Support drawn = new Support.Seeded(bound, count, random.nextLong());
        int[] numbers = new int[count];
        Arrays.setAll(numbers, drawn::index);
        return numbers;
    }

    /** Advances by small steps and sometimes by a large one. */
    private static int[] clustered(int bound, int count, Random random) {
        int[] numbers = new int[count];
        int size = 0;
        int number = random.nextInt(bound);
        while (number < bound && size < count) {
            numbers[size++] = number;
            number += 1 + random.nextInt(random.nextInt(10) == 0 ? bound : 1 + random.nextInt(4));
        }
        return Arrays.copyOf(numbers, size);
    }
}
