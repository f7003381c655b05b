package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortKeys;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device refuses a coordinator that tries to read its message, before it sends anything useful. */
class LyingCoordinatorTest {

    private final MemoryStateStore disk = new MemoryStateStore();
    private final TestCoordinator run = SecureTrainingTest.run(FeedbackMethod.EF21, 3);
    private final TestCohort cohort = SecureTrainingTest.cohort(run);
    private final CohortContext context = new CohortContext(TestCoordinator.RUN, 0, 0, TestBasis.of(run));

    private void assertRefused(String message, String... sentBefore) {
        assertThatThrownBy(
                        () -> TestClients.train(SecureTrainingTest.on(run, disk).sparseUpdates(false)))
                .isInstanceOf(SecureAggregationException.class)
                .hasMessageContaining("round 0 of run 'digits', attempt 0: ")
                .hasMessageContaining(message)
                .hasMessageContaining("has revealed nothing");
        assertThat(cohort.taken).containsExactly(sentBefore);
    }

    private void assertKeysRefused(String message, UnaryOperator<CohortKeys> lie) {
        cohort.keys = lie;
        assertRefused(message, "0/0/keys");
    }

    private static CohortKeys with(CohortKeys told, int index, SignedAdvertisement other) {
        List<SignedAdvertisement> members = new ArrayList<>(told.members());
        members.set(index, other);
        return new CohortKeys(told.threshold(), members);
    }

    private SignedAdvertisement signed(DeviceIdentity identity, int member) {
        return identity.sign(new SecAggDevice(context, member, new SecureRandom()).advertisement(), context);
    }

    @Test
    void refusesKeysThatTheCoordinatorSubstituted() {
        assertKeysRefused("the signature of member 101", told -> {
            SignedAdvertisement victim = told.members().get(2);
            Advertisement own = new SecAggDevice(context, 101, new SecureRandom()).advertisement();
            return with(
                    told,
                    2,
                    new SignedAdvertisement(
                            own,
                            victim.identity(),
                            victim.certificate(),
                            victim.owner(),
                            victim.basis(),
                            victim.signature()));
        });
    }

    @Test
    void refusesDevicesThatTheCoordinatorInvented() {
        OwnerKey invented = OwnerKey.generate();
        assertKeysRefused("the owner of member 102", told -> with(told, 3, signed(invented.issue(), 102)));
    }

    @Test
    void refusesADuplicateDevice() {
        assertKeysRefused(
                "member 103 has the identity of another", told -> with(told, 4, signed(cohort.identities.get(0), 103)));
    }

    @Test
    void refusesItselfAsANeighbour() {
        assertKeysRefused(
                "member 103 has the identity of another", told -> with(told, 4, signed(TestCohort.IDENTITY, 103)));
    }

    @Test
    void refusesKeysOfAnEarlierAttempt() {
        CohortContext earlier = new CohortContext(TestCoordinator.RUN, 0, 1, context.basis());
        assertKeysRefused("the signature of member 100", told -> {
            Advertisement old = new SecAggDevice(earlier, 100, new SecureRandom()).advertisement();
            return with(told, 1, cohort.identities.get(0).sign(old, earlier));
        });
    }

    /** The others have a different model from this device's, at which their gradients could be zero. */
    @Test
    void refusesMembersWithAnotherModel() {
        cohort.checksBasis = false;
        run.modelTold = floats -> {
            floats[5] ^= 1;
            return floats;
        };
        assertRefused("the keys of member 100 are for another model or plan", "0/0/keys");
    }

    /** The others have a different plan from this device's, with which their messages could be zero. */
    @ParameterizedTest
    @CsvSource({
        "seed, 8",
        "compressor, rand-k:0.5",
        "horizon, 99",
        "eta, constant:0.5",
        "exponent, -19",
        "maxMembers, 11",
        "rebaseEvery, 4",
        "collusion, 0.06"
    })
    void refusesMembersWithAnotherPlan(String field, String value) {
        cohort.checksBasis = false;
        Object other = value.matches("-?\\d+")
                ? (Object) Long.valueOf(value)
                : value.matches("[0-9.]+") ? Double.valueOf(value) : value;
        run.planTold = plan -> {
            Map<String, Object> told = new HashMap<>(plan);
            for (String part : List.of("algorithm", "secureAggregation")) {
                @SuppressWarnings("unchecked")
                Map<String, Object> inner = new HashMap<>((Map<String, Object>) plan.get(part));
                inner.replace(field, other);
                told.put(part, inner);
            }
            told.replace(field, other);
            return told;
        };
        assertRefused("the keys of member 100 are for another model or plan", "0/0/keys");
    }

    @Test
    void refusesMembersWhoseDigestTheCoordinatorReplaced() {
        cohort.checksBasis = false;
        run.modelTold = floats -> new byte[floats.length];
        cohort.keys = told -> {
            CohortBasis devices = cohort.sentKeys().basis();
            List<SignedAdvertisement> renamed = new ArrayList<>();
            for (SignedAdvertisement one : told.members()) {
                renamed.add(new SignedAdvertisement(
                        one.advertisement(), one.identity(), one.certificate(), one.owner(), devices, one.signature()));
            }
            return new CohortKeys(told.threshold(), renamed);
        };
        assertRefused("the signature of member 100", "0/0/keys");
    }

    @Test
    void refusesAThresholdThatIsTooLow() {
        assertKeysRefused("the threshold is 1 of 4", told -> new CohortKeys(1, told.members()));
    }

    @Test
    void refusesACohortThatIsTooSmall() {
        assertKeysRefused(
                "the cohort has 4 members, expected 5 to 10",
                told -> new CohortKeys(3, told.members().subList(0, 4)));
    }

    @Test
    void refusesACohortWhoseSumCouldOverflow() {
        assertKeysRefused("the cohort has 11 members, expected 5 to 10", told -> {
            List<SignedAdvertisement> members = new ArrayList<>(told.members());
            for (int member = 200; members.size() < 11; member++) {
                members.add(signed(TestCohort.OWNER.issue(), member));
            }
            return new CohortKeys(told.threshold(), members);
        });
    }

    @Test
    void refusesACohortWithoutItsOwnKeys() {
        assertKeysRefused("does not have the keys that this device, member ", told -> {
            List<SignedAdvertisement> members = new ArrayList<>(told.members());
            members.set(0, signed(TestCohort.IDENTITY, members.get(0).member()));
            return new CohortKeys(told.threshold(), members);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "renamed, the plan of run 'digits' is named 'renamed'",
        "../digits, 'expected 1 to 64 of a to z, 0 to 9 and hyphen'",
    })
    void refusesAPlanUnderAnotherName(String name, String message) {
        run.planTold = plan -> {
            Map<String, Object> told = new HashMap<>(plan);
            told.put("run", name);
            return told;
        };
        assertThatThrownBy(() -> TestClients.train(SecureTrainingTest.on(run, disk)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining(message);
        assertThat(disk.names("")).containsExactly("credentials");
        assertThat(cohort.taken).isEmpty();
    }

    /** One device's share for the device under test has a flipped bit. */
    @Test
    void continuesWithANeighbourWhoseSharesItCannotDecrypt() throws InterruptedException {
        cohort.shares = shares -> shares.stream()
                .map(share -> share.from() == 101 ? spoilt(share) : share)
                .toList();
        RunOutcome outcome = TestClients.train(SecureTrainingTest.on(run, disk));

        assertThat(outcome.accepted()).isEqualTo(run.rounds);
    }

    @Test
    void refusesSharesIfItCanDecryptTooFew() {
        cohort.shares =
                shares -> shares.stream().map(LyingCoordinatorTest::spoilt).toList();
        assertRefused("those of 0 can be decrypted, expected at least 3", "0/0/keys", "0/0/shares");
    }

    private static EncryptedShares spoilt(EncryptedShares share) {
        byte[] bytes = share.bytes();
        bytes[0] ^= 1;
        return new EncryptedShares(share.from(), share.to(), bytes);
    }

    @Test
    void refusesASumOfTooFew() {
        cohort.included = members -> TestCohort.without(members, 4);
        assertRefused("the sum has 1 of this device's neighbours", "0/0/keys", "0/0/shares", "0/0/masked");
    }

    @Test
    void refusesFramesThatCannotBeRead() {
        cohort.frames = frame -> new byte[] {1};
        assertRefused("byte 0: found magic byte 1", "0/0/keys");
    }

    /** Only one set of members is ever revealed in a round, so two sums cannot be compared. */
    @Test
    void doesNotTakePartInASecondAttemptAfterRevealing() throws InterruptedException {
        Set<String> asked = new TreeSet<>();
        DirectTransport link = new DirectTransport(run, request -> {
            String path = request.uri().getPath();
            if (run.round == 0 && path.endsWith("/attempts/0/reveals/me")) {
                // The coordinator has the shares, and pretends that it needs another attempt.
                cohort.attempt++;
            }
            asked.add(path.substring(path.indexOf("rounds/") < 0 ? 0 : path.indexOf("rounds/")));
            return DirectTransport.Fate.DELIVERED;
        });
        RunOutcome outcome = TestClients.train(SecureTrainingTest.on(link, disk));

        assertThat(asked).contains("rounds/0/attempts/0/reveals/me").noneMatch(path -> path.contains("0/attempts/1/"));
        assertThat(outcome.refused()).isEqualTo(1);
    }

    @Test
    void refusesAReceiptForAnotherMessage() {
        cohort.outcome = outcome -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> receipt = new HashMap<>((Map<String, Object>) outcome.get("receipt"));
            receipt.put("digest", "00000000000000ff");
            return Map.of("included", true, "receipt", receipt);
        };
        assertThatThrownBy(() -> TestClients.train(SecureTrainingTest.on(run, disk)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("the receipt is for message 1 of round 0 with digest 00000000000000ff")
                .hasMessageContaining("the message stays staged");
        assertThat(SecureTrainingTest.saved(run, disk).pending()).isNotNull();
        cohort.outcome = UnaryOperator.identity();
        assertThatNoErrorRemains();
    }

    private void assertThatNoErrorRemains() {
        assertThatCode(() -> TestClients.train(SecureTrainingTest.on(run, disk)))
                .doesNotThrowAnyException();
        assertThat(SecureTrainingTest.saved(run, disk).feedback().vectors().get(0))
                .isEqualTo(run.member().g);
    }

    /** The message stays staged, and the device continues with it when the app trains again. */
    @Test
    void continuesOnceTheLieIsExplained() {
        assertKeysRefused("the threshold is 1 of 4", told -> new CohortKeys(1, told.members()));
        cohort.keys = UnaryOperator.identity();
        assertThatNoErrorRemains();
    }
}
