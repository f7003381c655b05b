package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the frames of secure aggregation in client-sdk/vectors. */
class SecAggVectorsTest {

    static Stream<GoldenVector> good() {
        return GoldenVector.all("good").filter(GoldenVector::isAggregation);
    }

    static Stream<GoldenVector> bad() {
        return GoldenVector.all("bad").filter(GoldenVector::isAggregation);
    }

    @ParameterizedTest
    @MethodSource("good")
    void areWrittenAndReadAsDescribed(GoldenVector vector) {
        byte[] bytes = vector.bytes();

        assertThat(encoded(vector)).isEqualTo(bytes);
        assertThat(recoded(vector, bytes, words(vector))).isEqualTo(bytes);
        assertThat(Digest.toHex(Digest.of(bytes))).isEqualTo(vector.text("digest"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void areRefusedAsTruncatedIfCutAnywhere(GoldenVector vector) {
        byte[] bytes = vector.bytes();
        for (int length = 0; length < bytes.length; length++) {
            WireException refused = refusal(vector, Arrays.copyOf(bytes, length), words(vector));

            assertThat(refused.fault()).as("cut at %d", length).isEqualTo(WireException.Fault.TRUNCATED);
            assertThat(refused.position()).isEqualTo(length);
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void areRefusedWithFaultAndPosition(GoldenVector vector) {
        WireException refused = refusal(vector, vector.bytes(), vector.limits().dimension());

        assertThat(refused.fault())
                .as(refused.getMessage())
                .isEqualTo(WireException.Fault.valueOf(vector.text("fault")));
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(vector.integer("position"));
    }

    private static int words(GoldenVector vector) {
        return vector.has("words") ? vector.integers("words").length : 0;
    }

    private static WireException refusal(GoldenVector vector, byte[] bytes, int words) {
        return catchThrowableOfType(WireException.class, () -> recoded(vector, bytes, words));
    }

    private static byte[] recoded(GoldenVector vector, byte[] bytes, int words) {
        return switch (vector.kind()) {
            case "secagg-keys" -> SecAggFrames.encode(SecAggFrames.decodeKeys(bytes));
            case "secagg-cohort" -> SecAggFrames.encode(SecAggFrames.decodeCohort(bytes));
            case "secagg-shares" -> SecAggFrames.encodeSent(SecAggFrames.decodeSent(bytes, 250));
            case "secagg-masked" -> SecAggFrames.encode(SecAggFrames.decodeMasked(bytes, words));
            case "secagg-included" -> SecAggFrames.encodeIncluded(SecAggFrames.decodeIncluded(bytes));
            default -> SecAggFrames.encode(SecAggFrames.decodeReveal(bytes, 0));
        };
    }

    private static byte[] encoded(GoldenVector vector) {
        return switch (vector.kind()) {
            case "secagg-keys" -> SecAggFrames.encode(advertised(vector));
            case "secagg-cohort" -> {
                List<SignedAdvertisement> members = vector.children("members").stream()
                        .map(SecAggVectorsTest::advertised)
                        .toList();
                yield SecAggFrames.encode(new CohortKeys(vector.integer("threshold"), members));
            }
            case "secagg-shares" ->
                SecAggFrames.encodeReceived(vector.children("shares").stream()
                        .map(one -> new EncryptedShares(one.integer("member"), 250, one.hex("data")))
                        .toList());
            case "secagg-masked" ->
                SecAggFrames.encode(new MaskedVector(
                        vector.number("sequence"),
                        Digest.parseHex(vector.text("previous")),
                        Digest.parseHex(vector.text("messageDigest")),
                        vector.integers("words")));
            case "secagg-included" -> {
                List<Integer> members =
                        Arrays.stream(vector.integers("members")).boxed().toList();
                yield SecAggFrames.encodeIncluded(members);
            }
            default -> {
                Map<Integer, byte[]> seeds = new TreeMap<>();
                Map<Integer, byte[]> keys = new TreeMap<>();
                for (GoldenVector share : vector.children("shares")) {
                    (share.text("secret").equals("seed") ? seeds : keys)
                            .put(share.integer("member"), share.hex("share"));
                }
                yield SecAggFrames.encode(new Reveal(0, seeds, keys));
            }
        };
    }

    private static SignedAdvertisement advertised(GoldenVector entry) {
        Advertisement keys = new Advertisement(
                entry.integer("member"), entry.hex("maskKey"), entry.hex("shareKey"), entry.hex("commitment"));
        return new SignedAdvertisement(
                keys,
                entry.hex("identity"),
                entry.hex("certificate"),
                entry.hex("owner"),
                new CohortBasis(entry.hex("basis")),
                entry.hex("signature"));
    }
}
