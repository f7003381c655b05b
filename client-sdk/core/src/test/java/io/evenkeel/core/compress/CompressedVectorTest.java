package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CompressedVectorTest {

    private static final CompressedVector SPARSE =
            new CompressedVector(new Support.Listed(5, new int[] {1, 4}), ValueCoding.FLOAT32, new double[] {2, -3});

    @Test
    void hasItsValuesOnItsSupportAndZeroElsewhere() {
        assertThat(SPARSE.toDense()).containsExactly(0, 2, 0, 0, -3);
        assertThat(SPARSE.dimension()).isEqualTo(5);
        assertThat(SPARSE.count()).isEqualTo(2);
        assertThat(SPARSE.index(1)).isEqualTo(4);
        assertThat(SPARSE.value(1)).isEqualTo(-3);
        assertThat(SPARSE.coding()).isEqualTo(ValueCoding.FLOAT32);
        assertThat(SPARSE.support()).isInstanceOf(Support.Listed.class);
        assertThat(SPARSE).hasToString("2 of 5 values as float32");
    }

    @Test
    void addsItsValuesTimesAWeight() {
        double[] target = {10, 10, 10, 10, 10};
        SPARSE.addTo(target, 0.5);
        assertThat(target).containsExactly(10, 11, 10, 10, 8.5);
        double[] dense = {1, 2};
        new CompressedVector(new Support.All(2), ValueCoding.FLOAT64, new double[] {3, 4}).addTo(dense, -1);
        assertThat(dense).containsExactly(-2, -2);
    }

    @Test
    void addsItsValuesPartByPart() {
        double[] target = {10, 10, 10, 10, 10};
        assertThat(SPARSE.addTo(target, 0.5, 0, 1)).isZero();
        assertThat(target).containsExactly(10, 10, 10, 10, 10);
        assertThat(SPARSE.addTo(target, 0.5, 0, 2)).isEqualTo(1);
        assertThat(target).containsExactly(10, 11, 10, 10, 10);
        assertThat(SPARSE.addTo(target, 0.5, 1, 4)).isEqualTo(1);
        assertThat(SPARSE.addTo(target, 0.5, 1, 5)).isEqualTo(2);
        assertThat(SPARSE.addTo(target, 0.5, 2, 5)).isEqualTo(2);
        assertThat(target).containsExactly(10, 11, 10, 10, 8.5);
        double[] dense = {1, 2};
        CompressedVector all = new CompressedVector(new Support.All(2), ValueCoding.FLOAT64, new double[] {3, 4});
        assertThat(all.addTo(dense, -1, 0, 1)).isEqualTo(1);
        assertThat(dense).containsExactly(-2, 2);
        assertThat(all.addTo(dense, -1, 1, 9)).isEqualTo(2);
        assertThat(dense).containsExactly(-2, -2);
    }

    @Test
    void refusesATargetOfAnotherLength() {
        assertThatThrownBy(() -> SPARSE.addTo(new double[4], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("target has 4 values, expected 5");
    }

    @Test
    void refusesAWrongNumberOfValues() {
        assertThatThrownBy(() -> new CompressedVector(new Support.All(2), ValueCoding.FLOAT32, new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 values for 2 coordinates: expected one for each");
    }

    @Test
    void refusesAValueThatIsNotFinite() {
        Support support = new Support.Listed(9, new int[] {2, 7});
        assertThatThrownBy(() -> new CompressedVector(support, ValueCoding.FLOAT64, new double[] {1, Double.NaN}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value at coordinate 7 is NaN, expected a finite number");
    }
}
