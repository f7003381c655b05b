package io.evenkeel.client.internal.training;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelRoomTest {

    private static RunPlan plan(String feedback, int dimension) {
        return new RunPlan(
                "digits",
                TensorLayout.flat(dimension),
                3,
                3,
                "x",
                feedback,
                "plain",
                "constant:1",
                "constant:1",
                "identity",
                null,
                OptionalInt.empty(),
                1,
                0,
                1000,
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource({"none, 2000", "ef21, 1000", "ef14, 1000", "ef21-momentum, 666", "ef21-igt, 500", "ef21-storm, 500"})
    void theLargestDimensionFollowsTheHeapUnlessItIsSet(String feedback, int most) {
        assertThatCode(() -> ModelRoom.require(plan(feedback, most), null, 16_000))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> ModelRoom.require(plan(feedback, most + 1), null, 16_000))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("16,000 bytes of heap")
                .hasMessageContaining("-Xmx");
        assertThatCode(() -> ModelRoom.require(plan(feedback, most + 1), 10_000, 16_000))
                .doesNotThrowAnyException();
    }
}
