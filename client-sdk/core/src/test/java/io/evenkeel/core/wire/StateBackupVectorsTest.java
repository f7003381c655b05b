package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.StateBackup;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the encrypted copies of devices' states in client-sdk/vectors. */
class StateBackupVectorsTest {

    static Stream<GoldenVector> copies() {
        return GoldenVector.all("good").filter(GoldenVector::isBackup);
    }

    private static StateBackup decrypt(GoldenVector vector, byte[] copy) throws SecAggException {
        return StateBackup.decrypt(copy, vector.hex("key"), vector.text("run"), vector.text("client"));
    }

    @ParameterizedTest
    @MethodSource("copies")
    void areWrittenAndReadAsDescribed(GoldenVector vector) throws SecAggException {
        StateBackup read = decrypt(vector, vector.bytes());
        FeedbackMethod method = FeedbackMethod.parse(vector.text("method"));
        List<double[]> vectors = method == FeedbackMethod.EF21
                ? List.of(new double[] {0.5, -1.25, 0})
                : List.of(new double[] {0.5, -1.25, 0}, new double[] {0x1p-40, 3, -0.0});

        assertThat(read.position())
                .isEqualTo(new StateBackup.Position(vector.number("sequence"), Digest.parseHex(vector.text("head"))))
                .isEqualTo(StateBackup.position(vector.bytes()));
        assertThat(read.lastRound()).isEqualTo(vector.integer("lastRound"));
        assertThat(read.vectors()).hasSameSizeAs(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            assertThat(read.vectors().get(i)).isEqualTo(vectors.get(i));
        }
        read.requireSuited(method, vector.integer("dimension"));
        byte[] written = new StateBackup(read.position(), read.lastRound(), method, read.dimension(), vectors)
                .encrypt(vector.hex("key"), vector.text("run"), vector.text("client"), vector.hex("nonce"));
        assertThat(written).isEqualTo(vector.bytes());
        assertThat((long) written.length).isEqualTo(StateBackup.mostBytes(method, read.dimension()));
    }

    @ParameterizedTest
    @MethodSource("copies")
    void areRefusedIfCutOrChangedAnywhere(GoldenVector vector) {
        byte[] copy = vector.bytes();
        for (int i = 0; i < copy.length; i++) {
            byte[] changed = copy.clone();
            changed[i] ^= 1;
            for (byte[] wrong : List.of(changed, Arrays.copyOf(copy, i))) {
                assertThatThrownBy(() -> decrypt(vector, wrong))
                        .as("byte %d", i)
                        .isInstanceOf(SecAggException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("copies")
    void areRefusedByOtherDevicesRunsAndKeys(GoldenVector vector) throws SecAggException {
        byte[] copy = vector.bytes();
        byte[] key = vector.hex("key");
        String run = vector.text("run");
        String client = vector.text("client");
        assertRefused(() -> StateBackup.decrypt(copy, new byte[StateBackup.KEY_BYTES], run, client));
        assertRefused(() -> StateBackup.decrypt(copy, key, run + "x", client));
        assertRefused(() -> StateBackup.decrypt(copy, key, run, "x"));
        StateBackup read = decrypt(vector, copy);
        assertThatThrownBy(() -> read.requireSuited(read.method(), 4)).hasMessageContaining("this one has");
        assertThatThrownBy(() -> read.requireSuited(FeedbackMethod.EF21_STORM, 3))
                .hasMessageContaining(
                        "it belongs to a run with " + read.method().text());
    }

    private static void assertRefused(ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(SecAggException.class).hasMessageContaining("not authentic");
    }
}
