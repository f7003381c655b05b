package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameCodecPropertyTest;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    private static final CompressedVector DELTA =
            new CompressedVector(new Support.Listed(5, new int[] {3}), ValueCoding.FLOAT32, new double[] {0.5});

    @Property(tries = 500)
    void roundTrips(@ForAll Random random) {
        Map<String, Double> metrics = new TreeMap<>();
        for (int i = random.nextInt(33); i > 0; i--) {
            metrics.put("m" + i + "_.-".charAt(i % 3), random.nextGaussian());
        }
        Report report = new Report(
                random.nextLong() >>> 1, optional(random), abs(optional(random)), abs(optional(random)), metrics);
        CompressedVector delta = FrameCodecPropertyTest.vector(random);
        Message message = new Message(1 + (random.nextLong() >>> 2), random.nextLong(), report, delta);

        Same.messages(Message.decode(message.encode(), FrameLimits.of(delta.dimension())), message);
    }

    private static OptionalDouble optional(Random random) {
        return random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextGaussian());
    }

    private static OptionalDouble abs(OptionalDouble value) {
        return value.isPresent() ? OptionalDouble.of(Math.abs(value.getAsDouble())) : value;
    }

    @Property(tries = 500)
    void refusesMutatedBytes(@ForAll Random random) {
        CompressedVector delta = FrameCodecPropertyTest.vector(random);
        Message message = new Message(1, 2, metrics(Map.of("a", 1.0, "b", 2.0)), delta);
        byte[] bytes = message.encode();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));

        assertThatThrownBy(() -> Message.decode(bytes, FrameLimits.of(delta.dimension())))
                .isInstanceOf(WireException.class);
    }

    @Test
    void hasTheSameBytesForAnyOrderOfMetrics() {
        Map<String, Double> one = new LinkedHashMap<>();
        one.put("loss", 1.0);
        one.put("accuracy", 2.0);
        Map<String, Double> other = new LinkedHashMap<>();
        other.put("accuracy", 2.0);
        other.put("loss", 1.0);

        assertThat(new Message(1, 0, metrics(one), DELTA).encode())
                .isEqualTo(new Message(1, 0, metrics(other), DELTA).encode());
    }

    @Test
    void hasAHeaderOfThirtyThreeBytes() {
        assertThat(new Message(1, 0, Report.of(5), DELTA).encode()).hasSize(33 + FrameCodec.encodedSize(DELTA));
    }

    @Test
    void refusesASequenceBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Message(0, 0, Report.of(1), DELTA))
                .withMessageContaining("sequence is 0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesFiguresThatAreNotFinite(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> figures(OptionalDouble.of(value), OptionalDouble.empty(), OptionalDouble.empty()))
                .withMessageContaining("loss is " + value);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> metrics(Map.of("accuracy", value)))
                .withMessageContaining("metrics.accuracy is " + value);
    }

    @Test
    void refusesNegativeNormsAndSamples() {
        OptionalDouble negative = OptionalDouble.of(-1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> figures(OptionalDouble.empty(), negative, OptionalDouble.empty()))
                .withMessageContaining("gradientNorm is -1.0, expected a finite number of at least 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> figures(OptionalDouble.empty(), OptionalDouble.empty(), negative))
                .withMessageContaining("smoothness is -1.0");
        assertThatIllegalArgumentException().isThrownBy(() -> Report.of(-1)).withMessageContaining("samples is -1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Accuracy", "top 5", "genauigkeit_ä"})
    void refusesMetricsWithOtherNames(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> metrics(Map.of(name, 1.0)))
                .withMessageContaining("'" + name + "'");
    }

    @Test
    void refusesThirtyThreeMetrics() {
        Map<String, Double> many =
                IntStream.range(0, 33).boxed().collect(Collectors.toMap(i -> "m" + i, i -> (double) i));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> metrics(many))
                .withMessageContaining("33 metrics, expected at most 32");
    }

    private static Report figures(OptionalDouble loss, OptionalDouble norm, OptionalDouble smoothness) {
        return new Report(1, loss, norm, smoothness, Map.of());
    }

    private static Report metrics(Map<String, Double> metrics) {
        return new Report(1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), metrics);
    }
}
