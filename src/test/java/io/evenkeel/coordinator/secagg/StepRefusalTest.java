package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.DeviceBasis;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.OwnerKey;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggDevice;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** The coordinator refuses a device's mistakes at once, and they change nothing. */
@CoordinatorTest
class StepRefusalTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private CohortScene cohort;
    private CohortDevice device;

    @BeforeEach
    void start() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21);
        cohort = new CohortScene(scene, "identity", 5, 6, 100)
                .create("ef21-norm", 9, "")
                .members(6)
                .start();
        cohort.stage(0, one -> true);
        cohort.devices.forEach(one -> one.begin(0));
        device = cohort.devices.get(0);
    }

    private void refused(String problem, String field, Supplier<Reply> request) {
        String before = cohort.fingerprint(jdbc);
        Reply reply = request.get();
        assertThat(reply.problem()).as(reply.toString()).isEqualTo(problem);
        if (!field.isEmpty()) {
            assertThat(reply.get("field")).as(reply.toString()).isEqualTo(field);
        }
        assertThat(cohort.fingerprint(jdbc)).isEqualTo(before);
    }

    private CohortContext context() {
        return new CohortContext(cohort.scene.run, 0, 0, device.basis());
    }

    private byte[] keys(DeviceIdentity identity, int ordinal) {
        Advertisement drawn = new SecAggDevice(context(), ordinal, new SecureRandom()).advertisement();
        return SecAggFrames.encode(identity.sign(drawn, context()));
    }

    @Test
    void keysThatWouldStopOthersAreRefused() {
        SignedAdvertisement right = SecAggFrames.decodeKeys(device.keysFrame());
        byte[] wrongSignature = SecAggFrames.encode(new SignedAdvertisement(
                right.advertisement(),
                right.identity(),
                right.certificate(),
                right.owner(),
                right.basis(),
                new byte[64]));
        byte[] wrongCertificate = SecAggFrames.encode(new SignedAdvertisement(
                right.advertisement(),
                right.identity(),
                new byte[64],
                right.owner(),
                right.basis(),
                right.signature()));
        byte[] otherAttempt = SecAggFrames.encode(device.identity()
                .sign(right.advertisement(), new CohortContext(cohort.scene.run, 0, 1, device.basis())));
        byte[] lowOrder = SecAggFrames.encode(device.identity()
                .sign(new Advertisement(device.ordinal(), new byte[32], new byte[32], new byte[32]), context()));
        refused("invalid", "signature", () -> device.put("keys", wrongSignature));
        refused("invalid", "signature", () -> device.put("keys", otherAttempt));
        refused("invalid", "certificate", () -> device.put("keys", wrongCertificate));
        refused(
                "invalid",
                "owner",
                () -> device.put("keys", keys(OwnerKey.generate().issue(), device.ordinal())));
        refused("invalid", "member", () -> device.put("keys", keys(device.identity(), device.ordinal() + 1)));
        refused("invalid", "maskKey", () -> device.put("keys", lowOrder));
        refused("invalid-frame", "", () -> device.put("keys", new byte[] {1, 2, 3}));

        CohortDevice other = cohort.devices.get(1);
        assertThat(other.putKeys().status()).isEqualTo(204);
        assertThat(other.putKeys().status()).as("the same keys again").isEqualTo(204);
        refused("invalid", "identity", () -> device.put("keys", keys(other.identity(), device.ordinal())));
        refused("conflict", "", () -> other.put("keys", keys(other.identity(), other.ordinal())));
        SignedAdvertisement others = SecAggFrames.decodeKeys(other.keysFrame());
        Advertisement copied = new Advertisement(
                device.ordinal(),
                others.advertisement().maskKey(),
                right.advertisement().shareKey(),
                new byte[32]);
        refused(
                "invalid",
                "maskKey",
                () -> device.put("keys", SecAggFrames.encode(device.identity().sign(copied, context()))));
        assertThat(device.putKeys().status()).isEqualTo(204);
    }

    /** The other members would refuse such keys, so they must not get into the cohort. */
    @Test
    void keysForAnotherModelOrPlanAreRefused() {
        CohortBasis right = device.basis();
        List<UnaryOperator<CohortPlan>> lies = List.of(
                plan -> changed(plan, plan.seed() + 1, plan.exponent(), plan.eta()),
                plan -> changed(plan, plan.seed(), plan.exponent() + 1, plan.eta()),
                plan -> changed(plan, plan.seed(), plan.exponent(), "constant:0.5"));
        for (UnaryOperator<CohortPlan> lie : lies) {
            CohortBasis other = DeviceBasis.of(device.plain(), cohort.scene.run, 0, lie);
            assertThat(other).isNotEqualTo(right);
            refused("other-model", "", () -> device.withBasis(other).begin(0).putKeys());
        }
        byte[] model = right.toBytes();
        model[0] ^= 1;
        Reply refusal = device.withBasis(new CohortBasis(model)).begin(0).putKeys();
        assertThat(refusal.get("detail"))
                .contains(
                        "are for another model or plan, with digest " + new CohortBasis(model) + ", expected " + right);
        assertThat(refusal.number("openRound")).isZero();

        SignedAdvertisement signed = SecAggFrames.decodeKeys(device.keysFrame());
        byte[] renamed = SecAggFrames.encode(new SignedAdvertisement(
                signed.advertisement(),
                signed.identity(),
                signed.certificate(),
                signed.owner(),
                right,
                signed.signature()));
        refused("invalid", "signature", () -> device.put("keys", renamed));
        assertThat(device.withBasis(right).begin(0).putKeys().status()).isEqualTo(204);
        byte[] sent = device.keysFrame();
        refused(
                "conflict",
                "",
                () -> device.withBasis(new CohortBasis(model)).begin(0).putKeys());
        assertThat(device.put("keys", sent).status()).isEqualTo(204);
    }

    private static CohortPlan changed(CohortPlan plan, long seed, int exponent, String eta) {
        return new CohortPlan(
                plan.tensors(),
                plan.algorithm(),
                plan.feedback(),
                eta,
                plan.horizon(),
                plan.compressor(),
                plan.downlink(),
                seed,
                plan.owners(),
                plan.rules(),
                plan.rebaseEvery(),
                exponent,
                plan.privacy());
    }

    @Test
    void revealsThatAreNotOfOneSecretOfEachOtherAreRefused() {
        cohort.attemptUntil(Step.MASKED, 0, cohort.devices);
        CohortScene.await(Step.MASKED, cohort.devices);
        Map<Integer, byte[]> fewer = new HashMap<>(device.reveal().seedShares());
        int other = fewer.keySet().iterator().next();
        byte[] share = fewer.remove(other);
        refused(
                "invalid",
                "keyShares",
                () -> device.put(
                        "reveals", SecAggFrames.encode(new Reveal(device.ordinal(), fewer, Map.of(other, share)))));
    }

    @Test
    void vectorsOfAnotherLengthOrChainAreRefused() {
        cohort.attemptUntil(Step.SHARES, 0, cohort.devices);
        CohortScene.await(Step.SHARES, cohort.devices);
        int words = Scene.DIMENSION + 2;
        refused("invalid-frame", "", () -> device.put("masked", masked(1, 0, words - 1)));
        refused("invalid-frame", "", () -> device.put("masked", new byte[] {1, 2, 3}));
        refused("state-diverged", "", () -> device.put("masked", masked(2, 0, words)));
        refused("state-diverged", "", () -> device.put("masked", masked(1, 7, words)));
        refused("too-large", "", () -> device.put("masked", new byte[1000]));
        assertThat(device.putMasked().status()).isEqualTo(204);
        assertThat(device.put("masked", device.maskedFrame()).status()).isEqualTo(204);
        refused("conflict", "", () -> device.put("masked", masked(1, 0, words)));
    }

    private static byte[] masked(long sequence, long previous, int words) {
        return SecAggFrames.encode(new MaskedVector(sequence, previous, 5, new int[words]));
    }

    @Test
    void noMessageIsAcceptedInTheClearAndNoStateIsKept() {
        Scene scene = cohort.scene;
        refused(
                "plan-exceeded",
                "secureAggregation",
                () -> device.plain().put(device.plain().stage(0, new double[Scene.DIMENSION])));
        refused(
                "state-not-kept",
                "",
                () -> scene.devices.get(0).http().get("/runs/" + scene.run + "/members/me/state"));
        refused("fixed-field", "participants", () -> scene.change("{\"participants\":{\"min\":6}}"));
        refused("fixed-field", "secureAggregation", () -> scene.change("{\"secureAggregation\":{\"exponent\":-3}}"));
        refused("invalid", "weight", () -> scene.device().join(2));
        Scene plain = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21)
                .create("ef21-norm", 9, "")
                .members(1)
                .start();
        Reply other = plain.devices
                .get(0)
                .http()
                .put("/runs/" + plain.run + "/rounds/0/attempts/0/keys/me", CohortDevice.FRAME, device.keysFrame());
        assertThat(other.problem()).isEqualTo("plan-exceeded");
    }

    @Test
    void cancellingARunDeletesItsOpenAttempt() {
        cohort.attemptUntil(Step.SHARES, 0, cohort.devices);
        cohort.scene.act("cancel");
        eventually().until(() -> "FAILED".equals(cohort.attempts(jdbc).get(0).get("PHASE")));
        assertThat(cohort.fingerprint(jdbc)).doesNotContain("mask_key", "MASK_KEY");
        assertThat(device.outcome().json().get("included")).isEqualTo(false);
        assertThat(device.begin(0).putKeys().problem()).isEqualTo("attempt-closed");
    }
}
