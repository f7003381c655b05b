package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.vector.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenVectorsTest {

    static Stream<GoldenVector> good() {
        return GoldenVector.all("good").filter(vector -> !vector.isAggregation() && !vector.isBackup());
    }

    static Stream<GoldenVector> bad() {
        return GoldenVector.all("bad").filter(vector -> !vector.isAggregation() && !vector.isBackup());
    }

    static Stream<GoldenVector> seeded() {
        return GoldenVector.all("seeded");
    }

    static Stream<GoldenVector> twins() {
        return good().filter(vector -> vector.has("json"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void areReproducedByteForByte(GoldenVector vector) {
        byte[] encoded = switch (vector.kind()) {
            case "frame" -> FrameCodec.encode(vector.child("vector").vector());
            case "message" -> vector.message().encode();
            case "replica" -> vector.replica().encode();
            default -> joined(parts(vector));
        };

        assertThat(encoded).isEqualTo(vector.bytes());
        assertThat(Digest.toHex(Digest.of(encoded))).isEqualTo(vector.text("digest"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void areDecodedToTheirDescription(GoldenVector vector) {
        byte[] bytes = vector.bytes();
        switch (vector.kind()) {
            case "frame" ->
                Same.vectors(
                        FrameCodec.decode(bytes, vector.limits()),
                        vector.child("vector").vector());
            case "message" -> Same.messages(Message.decode(bytes, vector.limits()), vector.message());
            case "replica" ->
                Same.replicas(
                        Replica.decode(bytes, 0, bytes.length, vector.limits().dimension()), vector.replica());
            case "deltas" -> {
                DeltaReader reader = new DeltaReader(bytes, 0, bytes.length, vector.limits());
                for (ModelDelta expected : vector.deltas()) {
                    ModelDelta decoded = reader.next();
                    assertThat(decoded.round()).isEqualTo(expected.round());
                    Same.vectors(decoded.vector(), expected.vector());
                }
                assertThat(reader.hasNext()).isFalse();
            }
            default -> {
                List<RoundUpdate> expected = vector.updates();
                FrameLimits limits = FrameLimits.of(expected.get(0).changes().dimension());
                List<RoundUpdate> decoded = RoundUpdate.decodeAll(bytes, 0, bytes.length, limits);
                assertThat(decoded).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    Same.updates(decoded.get(i), expected.get(i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("good")
    void areRefusedAsTruncatedIfCutAnywhere(GoldenVector vector) {
        byte[] bytes = vector.bytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            if (isWholeParts(vector, length)) {
                continue;
            }
            WireException refused = refusal(vector, cut);

            assertThat(refused.fault()).as("cut at %d", length).isEqualTo(WireException.Fault.TRUNCATED);
            assertThat(refused.position()).isEqualTo(length);
        }
    }

    /** Returns whether the first {@code length} bytes consist of complete rounds, but fewer of them. */
    private static boolean isWholeParts(GoldenVector vector, int length) {
        int end = 0;
        for (byte[] part : parts(vector)) {
            if (end == length) {
                return true;
            }
            end += part.length;
        }
        return false;
    }

    /** Returns the encoded rounds of a vector; empty if it has no rounds. */
    private static List<byte[]> parts(GoldenVector vector) {
        return switch (vector.kind()) {
            case "updates" -> vector.updates().stream().map(RoundUpdate::encode).toList();
            case "deltas" -> vector.deltas().stream().map(ModelDelta::encode).toList();
            default -> List.of();
        };
    }

    @ParameterizedTest
    @MethodSource("good")
    void areRefusedIfAnyBitIsFlipped(GoldenVector vector) {
        byte[] bytes = vector.bytes();
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);

            assertThat(refusal(vector, flipped)).as("bit %d", bit).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void areRefusedWithFaultAndPosition(GoldenVector vector) {
        WireException refused = refusal(vector, vector.bytes());

        assertThat(refused.fault())
                .as(refused.getMessage())
                .isEqualTo(WireException.Fault.valueOf(vector.text("fault")));
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(vector.integer("position"));
        assertThat(refused)
                .hasMessageStartingWith("byte " + refused.position() + ": found ")
                .hasMessageContaining(", expected ")
                .hasMessageEndingWith(": " + refused.fault().action());
    }

    @ParameterizedTest
    @MethodSource("bad")
    void areRefusedWithThePositionInTheWholeArray(GoldenVector vector) {
        byte[] bytes = vector.bytes();
        byte[] around = new byte[bytes.length + 11];
        Arrays.fill(around, (byte) 0x55);
        System.arraycopy(bytes, 0, around, 7, bytes.length);

        WireException refused = refusal(vector, around, 7, bytes.length);

        assertThat(refused.position()).isEqualTo(7 + vector.integer("position"));
        assertThat(refused.fault().name()).isEqualTo(vector.text("fault"));
    }

    @ParameterizedTest
    @MethodSource("twins")
    void haveAJsonTwinWithTheSameBytes(GoldenVector vector) {
        assertThat(vector.child("json").twin(vector.limits().dimension()).encode())
                .isEqualTo(vector.bytes());
    }

    @ParameterizedTest
    @MethodSource("seeded")
    void drawSupportsFromTheirSeeds(GoldenVector vector) {
        Support drawn = new Support.Seeded(
                vector.integer("dimension"), vector.integer("count"), Digest.parseHex(vector.text("seed")));

        int[] indices = new int[drawn.count()];
        Arrays.setAll(indices, drawn::index);
        assertThat(indices).isEqualTo(vector.integers("indices"));
    }

    @Test
    void startTheRandomSequenceFromItsSeed() {
        GoldenVector vector = GoldenVector.splitMix();
        SplitMix64 random = new SplitMix64(Digest.parseHex(vector.text("seed")));

        for (Object next : vector.list("next")) {
            assertThat(Digest.toHex(random.next())).isEqualTo(next);
        }
    }

    @Test
    void areAllInTheIndex() throws IOException {
        try (Stream<Path> files = Files.list(GoldenVector.FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".bin")))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(GoldenVector.all("good"), GoldenVector.all("bad"))
                                    .map(vector -> vector.text("file"))
                                    .toList());
        }
    }

    private static WireException refusal(GoldenVector vector, byte[] bytes) {
        return refusal(vector, bytes, 0, bytes.length);
    }

    private static WireException refusal(GoldenVector vector, byte[] bytes, int offset, int length) {
        return catchThrowableOfType(WireException.class, () -> {
            switch (vector.kind()) {
                case "frame" -> FrameCodec.decode(bytes, offset, length, vector.limits());
                case "message" -> Message.decode(bytes, offset, length, vector.limits());
                case "replica" ->
                    Replica.decode(bytes, offset, length, vector.limits().dimension());
                case "deltas" -> new DeltaReader(bytes, offset, length, vector.limits()).forEachRemaining(delta -> {});
                default -> RoundUpdate.decodeAll(bytes, offset, length, updateLimits(vector));
            }
        });
    }

    private static FrameLimits updateLimits(GoldenVector vector) {
        return vector.has("limits")
                ? vector.limits()
                : FrameLimits.of(vector.updates().get(0).changes().dimension());
    }

    private static byte[] joined(List<byte[]> parts) {
        byte[] joined = new byte[0];
        for (byte[] next : parts) {
            joined = Arrays.copyOf(joined, joined.length + next.length);
            System.arraycopy(next, 0, joined, joined.length - next.length, next.length);
        }
        return joined;
    }
}
