package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.Report;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;

/** Pruning keeps the models and updates that the settings promise. */
class CheckpointPruningTest extends PrunedRun {

    @Autowired
    private Models models;

    @Autowired
    private AutowireCapableBeanFactory beans;

    @Test
    void keepsThePromisedModels() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 21);
        rounds(scene, 0, 21);
        List<double[]> before = IntStream.rangeClosed(0, 21)
                .mapToObj(scene.devices.get(0)::model)
                .toList();
        assertThat(prune(scene)).isPositive();
        models.forget(key(scene));

        // There were checkpoints at 0, 2, ..., 20 and at the end, 21. The two newest are 20 and 21.
        for (int round : List.of(0, 8, 16, 20, 21)) {
            assertThat(stored(scene, round)).isEqualTo(before.get(round));
        }
        for (int round : List.of(1, 2, 9, 14, 15)) {
            assertThat(model(scene, round).problem()).isEqualTo("model-not-kept");
        }
        assertThat(update(scene, 15).status()).isEqualTo(200);
        assertThat(update(scene, 14).problem()).isEqualTo("model-not-kept");
        assertThat(scene.record(3).status()).isEqualTo(200);
        audit(scene, 1e-13);
    }

    @Test
    void keepsTheModelWithTheBestLosses() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (int round = 0; round < 21; round++) {
            // The best loss is in round 7, which has no checkpoint; the losses settle from round 4 on.
            double loss = round <= 7 ? 0.7 - 0.05 * round : 0.7;
            for (TestDevice device : scene.devices) {
                TestDevice.Sent sent = device.stage(round, gradient(), report(loss));
                assertThat(device.put(sent).status()).isEqualTo(201);
                device.commit(sent);
            }
            scene.await(scene.devices.get(0), round);
        }
        int best = scene.view().number("bestRound");
        double[] before = scene.devices.get(0).model(best);
        assertThat(best % 2).as("between two checkpoints").isOne();

        assertThat(prune(scene)).isPositive();
        models.forget(key(scene));

        assertThat(stored(scene, best)).isEqualTo(before);
        assertThat(model(scene, best - 1).problem()).isEqualTo("model-not-kept");
        assertThat(count(scene, "checkpoint", "round_number < 18"))
                .as("0, 8, 16 and the best")
                .isEqualTo(4);
        assertThat(prune(scene)).isZero();
    }

    private static Report report(double loss) {
        return new Report(1, OptionalDouble.of(loss), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
    }

    /** Requests the model as npy, which no other test does, so that it is not cached. */
    private static Reply model(Scene scene, int round) {
        return scene.operator.get("/runs/" + scene.run + "/rounds/" + round + "/model?dtype=float64&format=npy");
    }

    private static double[] stored(Scene scene, int round) {
        Reply reply = model(scene, round);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        double[] x = new double[Scene.DIMENSION];
        ByteBuffer.wrap(reply.body(), reply.body().length - 8 * x.length, 8 * x.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(x);
        return x;
    }

    private static Reply update(Scene scene, int since) {
        return scene.devices.get(0).http().get("/runs/" + scene.run + "/rounds/21/update?since=" + since);
    }

    @Test
    void aModelInMemoryOlderThanTheKeptUpdatesContinuesFromANewerCheckpoint() {
        // This instance is like that of a replica that closes none of the rounds.
        Models elsewhere = beans.createBean(Models.class);
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        int seen = elsewhere.onNewest(key(scene), 3, LiveModel::round);
        rounds(scene, 3, 19);
        assertThat(prune(scene)).isPositive();
        assertThat(count(scene, "round_update", "round_number <= 3")).isZero();

        byte[] newest = elsewhere.onNewest(key(scene), 19, model -> new Replica(19, model.x(), model.sum()).encode());

        assertThat(seen).isEqualTo(3);
        assertThat(newest).isEqualTo(scene.replica(19).encode());
    }

    @Test
    void aModelInMemoryOlderThanTheKeptUpdatesIsDamagedStorageWithoutANewerCheckpoint() {
        Models elsewhere = beans.createBean(Models.class);
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        elsewhere.onNewest(key(scene), 3, LiveModel::round);
        rounds(scene, 3, 6);
        jdbc.update("DELETE FROM round_update WHERE run_id = ? AND round_number = 5", key(scene));
        jdbc.update("DELETE FROM checkpoint WHERE run_id = ? AND round_number > 4", key(scene));

        assertThatThrownBy(() -> elsewhere.onNewest(key(scene), 6, LiveModel::round))
                .isInstanceOf(CorruptionException.class)
                .hasMessage("the stored update is missing");
    }
}
