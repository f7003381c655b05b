package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntriesTest {

    @Test
    void areDenseWithoutIndices() {
        CompressedVector vector = Entries.vector(3, null, new double[] {1, 2, 3}, ValueCoding.FLOAT32);

        assertThat(vector.support()).isEqualTo(new Support.All(3));
        assertThat(vector.toDense()).containsExactly(1, 2, 3);
    }

    @Test
    void areDenseWithEveryIndex() {
        assertThat(Entries.vector(2, new int[] {0, 1}, new double[] {1, 2}, ValueCoding.FLOAT32)
                        .support())
                .isEqualTo(new Support.All(2));
    }

    @Test
    void keepZerosAndOrder() {
        CompressedVector vector = Entries.vector(9, new int[] {2, 5}, new double[] {0, -1}, ValueCoding.FLOAT64);

        assertThat(vector.count()).isEqualTo(2);
        assertThat(vector.index(0)).isEqualTo(2);
        assertThat(vector.value(0)).isZero();
    }

    @Test
    void areRoundedToTheCodingWithoutChangingTheInput() {
        double[] values = {0.1, 3};

        CompressedVector vector = Entries.vector(2, null, values, ValueCoding.NATURAL);

        assertThat(vector.value(0)).isEqualTo(0.125);
        assertThat(vector.value(1)).isEqualTo(2);
        assertThat(values).containsExactly(0.1, 3);
    }

    @Test
    void nameTheEntryThatIsWrong() {
        assertRefusal(
                null, new double[] {1, 2}, "values", "values is a list of 2, expected 3, one for each coordinate");
        assertRefusal(new int[] {1}, new double[] {1, 2}, "indices", "indices is a list of 1, expected 2");
        assertRefusal(new int[] {0, 3}, new double[] {1, 2}, "indices[1]", "indices[1] is 3, expected 0 to 2");
        assertRefusal(new int[] {-1, 0}, new double[] {1, 2}, "indices[0]", "indices[0] is -1, expected 0 to 2");
        assertRefusal(
                new int[] {2, 1}, new double[] {1, 2}, "indices[1]", "indices[1] is 1 after 2, expected strictly");
        assertRefusal(new int[] {1, 1}, new double[] {1, 2}, "indices[1]", "indices[1] is 1 after 1");
        assertRefusal(null, new double[] {1, Double.NaN, 2}, "values[1]", "values[1] is NaN, expected a finite number");
    }

    private static void assertRefusal(int @Nullable [] indices, double[] values, String field, String message) {
        InvalidEntryException refused = catchThrowableOfType(
                InvalidEntryException.class, () -> Entries.vector(3, indices, values, ValueCoding.FLOAT32));

        assertThat(refused).hasMessageStartingWith(message);
        assertThat(refused.field()).isEqualTo(field);
    }

    @Test
    void listTheKnownCodings() {
        assertThat(Entries.coding(null)).isEqualTo(ValueCoding.FLOAT32);
        assertThat(Entries.coding("bf16")).isEqualTo(ValueCoding.BF16);

        InvalidEntryException refused = catchThrowableOfType(InvalidEntryException.class, () -> Entries.coding("int8"));

        assertThat(refused.field()).isEqualTo("coding");
        assertThat(refused)
                .hasMessage(
                        "coding is 'int8', expected one of float32, float64, bf16, natural, sign, log:4, log:5, log:6, log:7, log:8");
    }
}
