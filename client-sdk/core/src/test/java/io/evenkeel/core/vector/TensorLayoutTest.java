package io.evenkeel.core.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorLayoutTest {

    private static final Tensor WEIGHTS = new Tensor("weights", List.of(3, 4));
    private static final Tensor BIAS = new Tensor("bias", List.of(3));
    private static final Tensor SCALE = new Tensor("scale", List.of());

    @Test
    void theSizeOfATensorIsTheProductOfItsAxes() {
        assertThat(WEIGHTS.size()).isEqualTo(12);
        assertThat(SCALE.size()).as("a scalar").isEqualTo(1);
        assertThat(new Tensor("vast", List.of(Integer.MAX_VALUE)).size()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aTensorKeepsItsShape() {
        List<Integer> shape = new ArrayList<>(List.of(2, 2));
        Tensor tensor = new Tensor("t", shape);
        shape.set(0, 7);
        assertThat(tensor.shape()).containsExactly(2, 2);
    }

    @Test
    void tensorsAreConsecutive() {
        TensorLayout layout = TensorLayout.of(List.of(WEIGHTS, SCALE, BIAS));
        assertThat(layout.dimension()).isEqualTo(16);
        assertThat(layout.size()).isEqualTo(3);
        assertThat(layout.tensors()).containsExactly(WEIGHTS, SCALE, BIAS);
        assertThat(List.of(layout.start(0), layout.start(1), layout.start(2), layout.start(3)))
                .containsExactly(0, 12, 13, 16);
        assertThat(List.of(layout.end(0), layout.end(1), layout.end(2))).containsExactly(12, 13, 16);
    }

    @Test
    void aPlainDimensionIsOneTensor() {
        TensorLayout layout = TensorLayout.flat(5);
        assertThat(layout.tensors()).containsExactly(new Tensor("x", List.of(5)));
        assertThat(layout.dimension()).isEqualTo(5);
    }

    @Test
    void layoutsOfTheSameTensorsAreEqual() {
        TensorLayout layout = TensorLayout.of(List.of(WEIGHTS, BIAS));
        assertThat(layout)
                .isEqualTo(TensorLayout.of(List.of(WEIGHTS, BIAS)))
                .hasSameHashCodeAs(TensorLayout.of(List.of(WEIGHTS, BIAS)))
                .isNotEqualTo(TensorLayout.of(List.of(BIAS, WEIGHTS)))
                .isNotEqualTo("another thing");
        assertThat(layout).hasToString("[Tensor[name=weights, shape=[3, 4]], Tensor[name=bias, shape=[3]]]");
    }

    @Test
    void refusesATensorWithoutAName() {
        assertThatThrownBy(() -> new Tensor(" ", List.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a tensor's name is blank: give each tensor a name");
    }

    @Test
    void refusesAnEmptyAxis() {
        assertThatThrownBy(() -> new Tensor("w", List.of(3, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'w' has an axis of length 0: every axis is at least 1");
    }

    @Test
    void refusesMoreValuesThanAnArrayHolds() {
        assertThatThrownBy(() -> new Tensor("w", List.of(65536, 65536, 65536)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor 'w' with shape [65536, 65536, 65536] has more than 2147483647 values");
        Tensor half = new Tensor("a", List.of(1 << 30));
        assertThatThrownBy(() -> TensorLayout.of(List.of(half, new Tensor("b", List.of(1 << 30)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the tensors have more than 2147483647 values in all");
    }

    @Test
    void refusesEmptyLayoutsAndDuplicateNames() {
        assertThatThrownBy(() -> TensorLayout.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a model has at least one tensor");
        assertThatThrownBy(() -> TensorLayout.of(List.of(BIAS, WEIGHTS, BIAS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two tensors are named 'bias': names are unique");
    }

    @Test
    void refusesMoreAxesThanNumpyArraysHave() {
        assertThat(new Tensor("w", Collections.nCopies(64, 1)).size()).isEqualTo(1);
        assertThatThrownBy(() -> new Tensor("w", Collections.nCopies(100_000, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor 'w' has 100000 axes, expected at most 64");
    }
}
