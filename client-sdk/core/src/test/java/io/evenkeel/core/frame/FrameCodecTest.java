package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.GoldenVector;
import io.evenkeel.core.wire.Same;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameCodecTest {

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 0.1",
        "FLOAT32, 1e39",
        "BF16, 1.001",
        "BF16, 0.1",
        "NATURAL, 3",
        "NATURAL, 0x1p-127",
        "NATURAL, -0.0",
        "NATURAL, 1.5e-323",
        "SIGN, 2",
        "SIGN, 0"
    })
    void refusesToEncodeAValueThatTheCodingCannotRepresent(ValueCoding coding, double value) {
        CompressedVector vector =
                new CompressedVector(new Support.Listed(9, new int[] {2, 7}), coding, new double[] {1, value});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameCodec.encode(vector))
                .withMessageContaining("coordinate 7")
                .withMessageContaining("" + value)
                .withMessageContaining(coding.text())
                .withMessageContaining("ValueCoding.round");
    }

    @Test
    void refusesToEncodeAScaleThatIsNotAFloat32() {
        CompressedVector vector = new CompressedVector(new Support.All(1), ValueCoding.SIGN, new double[] {0.1});

        assertThatIllegalArgumentException().isThrownBy(() -> FrameCodec.encode(vector));
    }

    @Test
    void refusesToEncodeMoreThanAnArrayCanHold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WireWriter.allocate(Integer.MAX_VALUE))
                .withMessageContaining("2147483647 bytes")
                .withMessageContaining("compressor");
    }

    @ParameterizedTest
    @MethodSource("badFrames")
    void allocatesNoMemoryForAnnouncedLengths(GoldenVector claim) {
        byte[] bytes = claim.bytes();
        decode(bytes, claim.limits());

        long before = allocated();
        decode(bytes, claim.limits());
        assertThat(allocated() - before).isLessThan(100_000);
    }

    static Stream<GoldenVector> badFrames() {
        return GoldenVector.all("bad").filter(vector -> vector.kind().equals("frame"));
    }

    private static void decode(byte[] bytes, FrameLimits limits) {
        assertThatThrownBy(() -> FrameCodec.decode(bytes, limits)).isInstanceOf(WireException.class);
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void encodesALargeVectorWithoutACopyOfIt() {
        int dimension = 1_000_000;
        CompressedVector vector =
                new CompressedVector(new Support.All(dimension), ValueCoding.FLOAT32, new double[dimension]);
        FrameCodec.encode(vector);

        long before = allocated();
        byte[] bytes = FrameCodec.encode(vector);
        assertThat(allocated() - before).isLessThan(bytes.length + 50_000L);
    }

    @Test
    void decodesFromTheMiddleOfAnArray() {
        CompressedVector vector = new CompressedVector(new Support.All(2), ValueCoding.BF16, new double[] {1, -2});
        byte[] frame = FrameCodec.encode(vector);
        byte[] around = new byte[frame.length + 8];
        System.arraycopy(frame, 0, around, 3, frame.length);

        Same.vectors(FrameCodec.decode(around, 3, frame.length, FrameLimits.of(2)), vector);
    }

    @Test
    void refusesARangeOutsideTheArrayOfAFrame() {
        assertThatThrownBy(() -> FrameCodec.decode(new byte[10], 5, 6, FrameLimits.of(1)))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void recognizesJsonAndTheOtherFormats() {
        assertThatThrownBy(() -> FrameCodec.decode(new byte[] {'{', '}'}, FrameLimits.of(1)))
                .hasMessage(
                        "byte 0: found magic byte 7b (is it JSON?), expected e7 46 for a frame: check that the right body was sent"
                                + " to the right address with the right Content-Type");
        assertThatThrownBy(() -> FrameCodec.decode(new byte[] {(byte) 0xE7, 'R', 1}, FrameLimits.of(1)))
                .hasMessageContaining("magic byte 52 (a replica)");
        assertThatThrownBy(() -> FrameCodec.decode(new byte[] {(byte) 0xE7, 'x', 1}, FrameLimits.of(1)))
                .hasMessageContaining("magic byte 78, expected");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, dimension is 0", "1, -1, 1, maxCount is -1", "1, 1, 0, maxBytes is 0"})
    void refusesLimitsThatAllowNothing(int dimension, int maxCount, int maxBytes, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameLimits(dimension, maxCount, maxBytes))
                .withMessageContaining(message);
    }
}
