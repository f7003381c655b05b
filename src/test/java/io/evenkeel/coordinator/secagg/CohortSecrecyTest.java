package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** The content of the database never reveals one device's vector. */
@CoordinatorTest
class CohortSecrecyTest {

    private static final Duration STEP = Duration.ofSeconds(31);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    private CohortScene cohort(int members) {
        return new CohortScene(
                        new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21),
                        "identity",
                        5,
                        10,
                        100)
                .create("ef21-norm", 9, "")
                .members(members)
                .start();
    }

    private List<byte[]> stored(CohortScene cohort, String column) {
        return jdbc.queryForList(
                "SELECT m." + column + " FROM secagg_member m JOIN secagg_attempt a ON a.id = m.attempt_id"
                        + " JOIN run r ON r.id = a.run_id WHERE r.name = ? AND m." + column + " IS NOT NULL",
                byte[].class,
                cohort.scene.run);
    }

    @Test
    void revealsContainOneSecretOfEachMemberAndAreDeletedWithTheAttempt() {
        CohortScene cohort = cohort(10);
        cohort.stage(0, device -> true);
        cohort.attemptUntil(Step.SHARES, 0, cohort.devices);
        CohortScene.await(Step.SHARES, cohort.devices);
        // The last one drops out after sharing, so its key is revealed.
        List<CohortDevice> left = cohort.devices.subList(0, 9);
        CohortScene.take(Step.MASKED, left);
        clock.advance(STEP);
        CohortScene.await(Step.MASKED, left);
        CohortDevice gone = cohort.devices.get(9);

        left.forEach(CohortDevice::prepareReveal);
        Set<Integer> seeds = new HashSet<>();
        Set<Integer> keys = new HashSet<>();
        for (CohortDevice device : left) {
            Reveal reveal = revealed(device);
            seeds.addAll(reveal.seedShares().keySet());
            keys.addAll(reveal.keyShares().keySet());
        }
        assertThat(keys).containsExactly(gone.ordinal());
        assertThat(seeds).doesNotContainAnyElementsOf(keys).hasSize(9);
        // At most one secret of each other member is used, so the coordinator itself cannot use both of one member.
        CohortDevice device = left.stream()
                .filter(member -> !revealed(member).keyShares().isEmpty())
                .findFirst()
                .orElseThrow();
        Reveal right = revealed(device);
        Map<Integer, byte[]> both = new HashMap<>(right.seedShares());
        both.putAll(right.keyShares());
        byte[] more = SecAggFrames.encode(new Reveal(device.ordinal(), both, Map.of()));
        assertThat(device.put("reveals", more).get("field")).isEqualTo("seedShares");
        Map<Integer, byte[]> keysOfAll = new HashMap<>(right.keyShares());
        keysOfAll.putAll(right.seedShares());
        byte[] others = SecAggFrames.encode(new Reveal(device.ordinal(), Map.of(), keysOfAll));
        assertThat(device.put("reveals", others).get("field")).isEqualTo("keyShares");

        left.forEach(CohortDevice::putReveal);
        eventually().until(() -> stored(cohort, "keys").isEmpty());
        assertThat(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM message g JOIN run r ON r.id = g.run_id WHERE r.name = ? AND"
                                + " g.payload_id IS NOT NULL",
                        Integer.class,
                        cohort.scene.run))
                .isZero();
    }

    private static Reveal revealed(CohortDevice device) {
        return SecAggFrames.decodeReveal(device.revealFrame(), device.ordinal());
    }

    @Test
    void storedVectorsAreMasked() {
        CohortScene cohort = cohort(5);
        cohort.stage(0, device -> true);
        cohort.attemptUntil(Step.MASKED, 0, cohort.devices);
        List<byte[]> vectors = stored(cohort, "masked");
        assertThat(vectors).hasSize(5);
        int words = Scene.DIMENSION + 2;
        for (CohortDevice device : cohort.devices) {
            int[] clear = device.words();
            for (byte[] stored : vectors) {
                MaskedVector vector = SecAggFrames.decodeMasked(stored, words);
                // Each word is uniform. With a probability of less than 2^-57, two of eight are equal by chance.
                long equal = IntStream.range(0, words)
                        .filter(j -> vector.words()[j] == clear[j])
                        .count();
                assertThat(equal).isLessThan(2);
            }
        }
    }

    @Test
    void theSumCheckFindsAChangedSum() {
        CohortScene cohort = cohort(6);
        cohort.round(0);
        cohort.round(1);
        String check = "/runs/" + cohort.scene.run + "/audit";
        assertThat(cohort.scene.operator.post(check).json().get("agrees")).isEqualTo(true);
        byte[] words = Objects.requireNonNull(jdbc.queryForObject(
                "SELECT s.words FROM cohort_sum s JOIN run r ON r.id = s.run_id WHERE r.name = ? AND s.round_number ="
                        + " 1",
                byte[].class,
                cohort.scene.run));
        words[0] ^= 1;
        long digest = Digest.of(words);
        jdbc.update(
                "UPDATE cohort_sum SET words = ?, digest = ? WHERE round_number = 1 AND run_id = (SELECT id FROM run"
                        + " WHERE name = ?)",
                words,
                digest,
                cohort.scene.run);
        assertThat(cohort.scene.operator.post(check).json().get("agrees")).isEqualTo(false);
        words[0] ^= 1;
        jdbc.update(
                "UPDATE cohort_sum SET words = ? WHERE round_number = 1 AND run_id = (SELECT id FROM run WHERE name ="
                        + " ?)",
                words,
                cohort.scene.run);
        assertThat(cohort.scene.operator.post(check).problem()).isEqualTo("storage-damaged");
    }
}
