package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.ReplayedRandom;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggCohort;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests every frame and the sum of the cohorts in client-sdk/vectors, whose devices draw predetermined bytes. */
class SecAggCohortVectorsTest {

    static Stream<GoldenVector> cohorts() {
        return GoldenVector.all("cohorts");
    }

    @ParameterizedTest
    @MethodSource("cohorts")
    void sendTheSameFramesAndHaveTheSameSum(GoldenVector vector) throws SecAggException {
        CohortContext context = new CohortContext(
                vector.text("run"),
                vector.integer("round"),
                vector.integer("attempt"),
                new CohortBasis(vector.hex("basis")));
        List<Advertisement> advertised = new ArrayList<>();
        Map<Integer, int[]> masked = new TreeMap<>();
        List<Reveal> reveals = new ArrayList<>();
        for (GoldenVector entry : vector.children("members")) {
            int member = entry.integer("member");
            SecAggDevice device = new SecAggDevice(context, member, new ReplayedRandom(entry.hex("random")));
            advertised.add(device.advertisement());
            share(entry, device, context);
            if (entry.has("masked")) {
                int[] words = entry.integers("words");
                device.mask(words, SecAggFrames.decodeReceived(entry.hex("sharesIn"), member));
                assertThat(SecAggFrames.encode(new MaskedVector(1, 0, 7, words)))
                        .isEqualTo(entry.hex("masked"));
                masked.put(member, words);
                Reveal reveal = device.reveal(SecAggFrames.decodeIncluded(entry.hex("included")));
                assertThat(SecAggFrames.encode(reveal)).isEqualTo(entry.hex("reveal"));
                reveals.add(SecAggFrames.decodeReveal(entry.hex("reveal"), member));
            }
        }

        List<Integer> members = advertised.stream().map(Advertisement::member).toList();
        int[] sum = vector.integers("sum");
        SecAggCohort cohort = new SecAggCohort(context, members, vector.integer("threshold"), advertised, sum.length);
        for (Map.Entry<Integer, int[]> one : masked.entrySet()) {
            cohort.add(one.getKey(), one.getValue());
        }
        assertThat(cohort.unmask(reveals)).isEqualTo(sum);
    }

    private static void share(GoldenVector entry, SecAggDevice device, CohortContext context) throws SecAggException {
        SignedAdvertisement keys = SecAggFrames.decodeKeys(entry.hex("keys"));
        SignedAdvertisement signed = identity(entry, keys).sign(device.advertisement(), context);
        assertThat(SecAggFrames.encode(signed)).isEqualTo(entry.hex("keys"));

        CohortKeys told = SecAggFrames.decodeCohort(entry.hex("cohort"));
        assertThat(told.members()).contains(signed);
        for (SignedAdvertisement other : told.members()) {
            other.verify(context, List.of(signed.owner()));
        }
        List<EncryptedShares> shares = device.share(told.neighboursOf(signed.member()), told.threshold());
        assertThat(SecAggFrames.encodeSent(shares)).isEqualTo(entry.hex("sharesOut"));
    }

    private static DeviceIdentity identity(GoldenVector entry, SignedAdvertisement keys) {
        return DeviceIdentity.parse("private: " + base64(entry.hex("identity")) + "\npublic: "
                + base64(keys.identity()) + "\nowner: " + base64(keys.owner()) + "\ncertificate: "
                + base64(keys.certificate()));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
