package io.evenkeel.client.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.StateException;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Report;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceStateTest {

    private static final int DIMENSION = 1000;
    private static final Compressor TOP_5 = CompressorSpec.parse("top-k:5").bind(TensorLayout.flat(DIMENSION));

    private final MemoryStateStore store = new MemoryStateStore();
    private final SplitMix64 random = new SplitMix64(1);

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void isRestoredWithTheSameBits(FeedbackMethod method) {
        DeviceState state = open(method);
        assertThat(state.isFresh()).isTrue();
        for (int round = 0; round < 300; round++) {
            stage(state, round);
            if (round % 7 == 3) {
                state.discard();
            } else {
                state.commit();
            }
            DeviceState restarted = open(method);
            assertThat(restarted.isFresh()).isFalse();
            assertThat(restarted.sequence()).isEqualTo(state.sequence());
            assertThat(restarted.head()).isEqualTo(state.head());
            assertThat(restarted.lastRound()).isEqualTo(state.lastRound());
            assertThat(restarted.pending()).isNull();
            for (int i = 0; i < state.feedback().vectors().size(); i++) {
                assertThat(restarted.feedback().vectors().get(i))
                        .isEqualTo(state.feedback().vectors().get(i));
            }
        }
    }

    @Test
    void isRestoredWithTheStagedMessage() {
        DeviceState state = open(FeedbackMethod.EF21_MOMENTUM);
        Pending staged = stage(state, 4);

        DeviceState restarted = open(FeedbackMethod.EF21_MOMENTUM);
        Pending found = Objects.requireNonNull(restarted.pending());

        assertThat(found.message()).isEqualTo(staged.message());
        assertThat(found.round()).isEqualTo(4);
        assertThat(found.digest()).isEqualTo(staged.digest());
        state.commit();
        assertThat(open(FeedbackMethod.EF21_MOMENTUM).feedback().vectors())
                .usingRecursiveComparison()
                .isEqualTo(state.feedback().vectors());
    }

    @Test
    void writesASnapshotOnceTheMessagesSinceTheLastOneAreAsLarge() {
        DeviceState state = open(FeedbackMethod.EF21);
        stage(state, 0);
        state.commit();
        assertThat(store.names("run.accepted-")).isEmpty();
        for (int round = 1; round <= 50; round++) {
            stage(state, round);
            state.commit();
        }
        assertThat(store.names("run.accepted-")).hasSize(50);
        for (int round = 51; round <= 400; round++) {
            stage(state, round);
            state.commit();
            assertThat(store.names("run.accepted-")).hasSizeLessThan(256);
        }
    }

    @Test
    void stagesOneMessageAtATime() {
        DeviceState state = open(FeedbackMethod.EF21);
        stage(state, 0);
        assertThatThrownBy(() -> stage(state, 1)).isInstanceOf(IllegalStateException.class);
        state.discard();
        assertThatThrownBy(state::commit).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run.snapshot", "run.accepted-0000000000000000002", "run.staged"})
    void refusesPiecesDamagedAnywhere(String name) {
        DeviceState state = open(FeedbackMethod.EF21);
        for (int round = 0; round < 2; round++) {
            stage(state, round);
            state.commit();
        }
        stage(state, 2);
        byte[] whole = Objects.requireNonNull(store.read(name));
        for (int position = 0; position < whole.length; position += 1 + position / 10) {
            byte[] damaged = whole.clone();
            damaged[position] ^= 4;
            store.write(name, out -> out.write(damaged));
            assertRefused(name);
            int length = position;
            store.write(name, out -> out.write(whole, 0, length));
            assertRefused(name);
        }
        store.write(name, out -> out.write(whole));
        assertThat(open(FeedbackMethod.EF21).sequence()).isEqualTo(2);
    }

    private void assertRefused(String name) {
        assertThatThrownBy(() -> open(FeedbackMethod.EF21))
                .isInstanceOf(StateException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("is damaged")
                .hasMessageContaining("adopts the coordinator's state");
    }

    @Test
    void refusesAGapInTheMessages() {
        DeviceState state = open(FeedbackMethod.EF21);
        for (int round = 0; round < 3; round++) {
            stage(state, round);
            state.commit();
        }
        store.delete("run.accepted-0000000000000000002");
        assertThatThrownBy(() -> open(FeedbackMethod.EF21))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("does not follow message 1");
    }

    private DeviceState open(FeedbackMethod method) {
        return DeviceState.open(store, "run", "c1", method, DIMENSION, null);
    }

    private Pending stage(DeviceState state, int round) {
        double[] gradient = new double[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
            gradient[j] = random.nextDouble() - 0.5;
        }
        double[] second = state.feedback().secondPoint() == null ? null : gradient.clone();
        double[] model = new double[DIMENSION];
        model[round % DIMENSION] = round;
        return state.stage(round, null, Report.of(1), state.feedback().stage(model, gradient, second, 0.5, TOP_5, 0));
    }
}
