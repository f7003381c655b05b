package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodecPropertyTest;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoundUpdateTest {

    private static final CompressedVector CHANGES =
            new CompressedVector(new Support.Listed(4, new int[] {1, 2}), ValueCoding.FLOAT64, new double[] {0.1, 0});
    private static final FrameLimits LIMITS = FrameLimits.of(4);

    @Property(tries = 500)
    void roundTrips(@ForAll Random random) {
        RoundUpdate update = new RoundUpdate(
                random.nextInt(1_000_000),
                random.nextBoolean(),
                random.nextGaussian(),
                divisors(random),
                changes(random));
        byte[] bytes = update.encode();

        FrameLimits limits = FrameLimits.of(update.changes().dimension());
        Same.updates(RoundUpdate.decode(bytes, 0, bytes.length, limits), update);
    }

    @Property(tries = 500)
    void refusesMutatedBytes(@ForAll Random random) {
        CompressedVector changes = changes(random);
        byte[] bytes = new RoundUpdate(1, true, 1, divisors(random), changes).encode();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatThrownBy(() -> RoundUpdate.decode(bytes, 0, bytes.length, FrameLimits.of(changes.dimension())))
                .isInstanceOf(WireException.class);
    }

    @Property(tries = 500)
    void aStreamChangesASumLikeTheDecodedUpdate(@ForAll Random random) throws IOException {
        RoundUpdate update = new RoundUpdate(
                random.nextInt(1_000_000),
                random.nextBoolean(),
                random.nextGaussian(),
                divisors(random),
                changes(random));
        double[] sum = random.doubles(update.changes().dimension()).toArray();
        double[] expected = sum.clone();
        update.applyTo(expected);
        byte[] bytes = update.encode();

        RoundUpdate read = RoundUpdate.applyTo(sum, stream(bytes), bytes.length, FrameLimits.of(sum.length));

        Same.updates(read, update);
        Same.doubles(sum, expected);
    }

    @Property(tries = 500)
    void anUpdateWhoseValuesStayInTheSumHasTheSameBytes(@ForAll Random random) throws IOException {
        CompressedVector changes = changes(random);
        double[] divisors = divisors(random);
        double[] sum = random.doubles(changes.dimension()).toArray();
        RoundUpdate copied = new RoundUpdate(3, true, 0.5, divisors, changes);
        copied.applyTo(sum);

        Encoding encoding =
                RoundUpdate.of(3, true, 0.5, divisors, changes.support(), sum).encoding();

        assertThat(encoding.length()).isEqualTo(copied.encode().length);
        // The stream can be reopened, and read byte by byte.
        assertThat(encoding.toStream()).hasBinaryContent(copied.encode());
        InputStream single = encoding.toStream();
        for (byte expected : copied.encode()) {
            assertThat((byte) single.read()).isEqualTo(expected);
        }
        assertThat(single.read()).isEqualTo(-1);
    }

    @Property(tries = 1000)
    void refusesAStreamOfMutatedOrCutBytes(@ForAll Random random) {
        CompressedVector changes = changes(random);
        byte[] bytes = new RoundUpdate(1, true, 1, divisors(random), changes).encode();
        byte[] damaged = Arrays.copyOf(bytes, bytes.length - (random.nextBoolean() ? 1 + random.nextInt(40) : 0));
        if (damaged.length == bytes.length) {
            damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        double[] sum = new double[changes.dimension()];

        assertThatThrownBy(() -> RoundUpdate.applyTo(
                        sum,
                        stream(damaged),
                        random.nextBoolean() ? bytes.length : damaged.length,
                        FrameLimits.of(sum.length)))
                .isInstanceOf(WireException.class);
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private static double[] divisors(Random random) {
        double[] divisors = new double[1 + random.nextInt(5)];
        Arrays.setAll(divisors, i -> 0.1 + random.nextDouble());
        return divisors;
    }

    private static CompressedVector changes(Random random) {
        CompressedVector any = FrameCodecPropertyTest.vector(random);
        int[] indices = new int[any.count()];
        Arrays.setAll(indices, any::index);
        double[] values = new double[any.count()];
        Arrays.setAll(values, j -> random.nextGaussian());
        Support support =
                any.support() instanceof Support.All ? any.support() : new Support.Listed(any.dimension(), indices);
        return new CompressedVector(support, ValueCoding.FLOAT64, values);
    }

    @Test
    void setsTheChangedCoordinatesOfARetainedSum() {
        double[] sum = {1, 2, 3, 4};

        new RoundUpdate(0, true, 1, new double[] {1}, CHANGES).applyTo(sum);

        assertThat(sum).containsExactly(1, 0.1, 0, 4);
    }

    @Test
    void setsOtherCoordinatesToZeroIfTheSumIsNotRetained() {
        double[] sum = {1, 2, 3, 4};

        new RoundUpdate(0, false, 1, new double[] {1}, CHANGES).applyTo(sum);

        assertThat(sum).containsExactly(0, 0.1, 0, 0);
    }

    @Test
    void refusesASumOfAnotherLength() {
        RoundUpdate update = new RoundUpdate(0, true, 1, new double[] {1}, CHANGES);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> update.applyTo(new double[3]))
                .withMessageContaining("3 values, expected 4");
    }

    @Test
    void isReadOneAtATimeFromConsecutiveUpdates() {
        byte[] one = new RoundUpdate(5, true, 1, new double[] {1}, CHANGES).encode();
        byte[] two = new RoundUpdate(6, true, 2, new double[] {1}, CHANGES).encode();
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);

        UpdateReader reader = new UpdateReader(both, 0, both.length, LIMITS);

        assertThat(reader.next().round()).isEqualTo(5);
        assertThat(reader.position()).isEqualTo(one.length);
        assertThat(reader.next().factor()).isEqualTo(2);
        assertThat(reader.hasNext()).isFalse();
        assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> RoundUpdate.decode(both, 0, both.length, LIMITS))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.fault()).isEqualTo(WireException.Fault.TRAILING_BYTES);
                    assertThat(e.position()).isEqualTo(one.length);
                });
    }

    @Test
    void isAbsentInZeroBytesAndTruncatedIfExpected() {
        assertThat(RoundUpdate.decodeAll(new byte[0], 0, 0, LIMITS)).isEmpty();
        assertThatThrownBy(() -> RoundUpdate.decode(new byte[0], 0, 0, LIMITS))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.fault()).isEqualTo(WireException.Fault.TRUNCATED));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesInvalidDivisors(double divisor) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoundUpdate(0, true, 1, new double[] {1, divisor}, CHANGES))
                .withMessageContaining("divisor 1 is " + divisor);
    }

    @Test
    void refusesInvalidRounds() {
        double[] one = {1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoundUpdate(-1, true, 1, one, CHANGES))
                .withMessageContaining("round is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoundUpdate(0, true, Double.NaN, one, CHANGES))
                .withMessageContaining("factor is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoundUpdate(0, true, 1, new double[0], CHANGES))
                .withMessageContaining("no divisor");
        CompressedVector floats = new CompressedVector(new Support.All(1), ValueCoding.FLOAT32, new double[1]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoundUpdate(0, true, 1, one, floats))
                .withMessageContaining("1 of 1 values as float32, expected float64");
    }
}
