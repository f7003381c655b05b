package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MuonStepTest {

    private static final double[] MAGNITUDES = {Double.MIN_VALUE, 1e-310, 1e-200, 1, 1e200, 1e307};

    private static TensorLayout layout(Integer... shape) {
        return TensorLayout.of(List.of(new Tensor("t", List.of(shape))));
    }

    /** Returns the step of one tensor without its factor: O(S). */
    private static double[] factor(TensorLayout layout, double[] sum, int steps) {
        double[] x = new double[sum.length];
        TensorMatrix matrix = TensorMatrix.of(layout, 0);
        new ModelState(layout, new MuonStep(steps), x, sum, true, StepMemory.none()).step(StepInput.of(3, 1));
        return Arrays.stream(x)
                .map(value -> -value / (0.2 * Math.sqrt(matrix.length())))
                .toArray();
    }

    private static double[] factor(TensorLayout layout, double[] sum) {
        return factor(layout, sum, 5);
    }

    private static double[] normal(SplitMix64 random, int count) {
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            values[j] = radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
        }
        return values;
    }

    /** Returns M'M of a matrix with rows of {@code width} values. */
    private static double[][] gram(double[] matrix, int width) {
        double[][] gram = new double[width][width];
        for (int row = 0; row < matrix.length; row += width) {
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    gram[i][j] += matrix[row + i] * matrix[row + j];
                }
            }
        }
        return gram;
    }

    private static double[] transpose(double[] matrix, int width) {
        int rows = matrix.length / width;
        double[] transposed = new double[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                transposed[j * rows + i] = matrix[i * width + j];
            }
        }
        return transposed;
    }

    /** Applies Givens rotations to the rows, that is, multiplies the matrix by an orthogonal one from the left. */
    private static double[] rotated(double[] matrix, int width, SplitMix64 random) {
        double[] rotated = matrix.clone();
        int rows = matrix.length / width;
        for (int turn = 0; turn < 4 * rows; turn++) {
            int a = random.next(rows);
            int b = (a + 1 + random.next(rows - 1)) % rows;
            double angle = 2 * Math.PI * random.nextDouble();
            for (int j = 0; j < width; j++) {
                double u = rotated[a * width + j];
                double v = rotated[b * width + j];
                rotated[a * width + j] = Math.cos(angle) * u - Math.sin(angle) * v;
                rotated[b * width + j] = Math.sin(angle) * u + Math.cos(angle) * v;
            }
        }
        return rotated;
    }

    @Property(tries = 40)
    void directionsOfAllSizesBecomeAboutEquallyLong(
            @ForAll @IntRange(min = 2, max = 12) int width,
            @ForAll @IntRange(min = 2, max = 4) int times,
            @ForAll long seed) {
        // A random matrix three times as long as wide has singular values within a factor of ten of each other.
        int length = 3 * width * times;
        SplitMix64 random = new SplitMix64(seed);
        double[] result = factor(layout(length, width), normal(random, length * width));
        double[][] gram = gram(result, width);
        for (int probe = 0; probe < 5; probe++) {
            double[] u = normal(random, width);
            double square = 0;
            for (int i = 0; i < width; i++) {
                for (int j = 0; j < width; j++) {
                    square += u[i] * gram[i][j] * u[j];
                }
            }
            assertThat(Math.sqrt(square) / Norm.l2(u)).isBetween(0.67, 1.21);
        }
    }

    @Property(tries = 20)
    void rotatingTheRowsRotatesTheStep(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll @IntRange(min = 1, max = 40) int columns,
            @ForAll long seed) {
        TensorLayout layout = layout(rows + 1, columns);
        double[] sum = normal(new SplitMix64(seed), (rows + 1) * columns);
        double[] expected = rotated(factor(layout, sum), columns, new SplitMix64(seed + 1));
        double[] found = factor(layout, rotated(sum, columns, new SplitMix64(seed + 1)));
        assertThat(found).containsExactly(expected, within(1e-9));
    }

    @Test
    void aTransposedMatrixGetsTheTransposedStepInEveryBit() {
        double[] sum = normal(new SplitMix64(4), 37 * 70);
        double[] wide = factor(layout(37, 70), sum);
        double[] tall = factor(layout(70, 37), transpose(sum, 70));
        assertThat(transpose(tall, 37)).containsExactly(wide);
    }

    @Test
    void theProductOfTheFactorsIsTheIterationOnTheWholeMatrix() {
        int width = 5;
        double[] sum = normal(new SplitMix64(6), 9 * width);
        double norm = Norm.l2(sum);
        double[] z = Arrays.stream(sum).map(value -> value / norm).toArray();
        for (int step = 0; step < 5; step++) {
            double[][] a = gram(z, width);
            double[] next = new double[z.length];
            for (int row = 0; row < z.length; row += width) {
                double[] once = times(z, row, a);
                double[] twice = times(once, 0, a);
                for (int j = 0; j < width; j++) {
                    next[row + j] = 3.4445 * z[row + j] - 4.7750 * once[j] + 2.0315 * twice[j];
                }
            }
            z = next;
        }
        assertThat(factor(layout(9, width), sum)).containsExactly(z, within(1e-12));
    }

    private static double[] times(double[] z, int row, double[][] a) {
        double[] product = new double[a.length];
        for (int j = 0; j < a.length; j++) {
            for (int i = 0; i < a.length; i++) {
                product[j] += z[row + i] * a[i][j];
            }
        }
        return product;
    }

    @Test
    void everyAxisAfterTheFirstIsAColumn() {
        double[] sum = normal(new SplitMix64(5), 4 * 3 * 5);
        assertThat(factor(layout(4, 3, 5), sum)).containsExactly(factor(layout(4, 15), sum));
    }

    @Test
    void vectorsAndScalarsAreNormalized() {
        for (TensorLayout layout : List.of(layout(4), layout(1, 4), layout(4, 1, 1))) {
            assertThat(factor(layout, new double[] {3, 0, 0, -4}))
                    .containsExactly(new double[] {0.6, 0, 0, -0.8}, within(1e-15));
        }
        assertThat(factor(layout(), new double[] {-7})).containsExactly(new double[] {-1}, within(1e-15));
    }

    @Test
    void aStepChangesTheEntriesOfEveryTensorByAFifthOfGamma() {
        TensorLayout layout = TensorLayout.of(List.of(new Tensor("a", List.of(8, 3, 2)), new Tensor("b", List.of(90))));
        double[] x = new double[138];
        double[] sum = normal(new SplitMix64(1), 138);
        new ModelState(layout, new MuonStep(5), x, sum, true, StepMemory.none()).step(StepInput.of(2, 10));
        assertThat(Norm.l2(x, 0, 48) / Math.sqrt(48)).isBetween(2 * 0.67, 2 * 1.21);
        assertThat(Norm.l2(x, 48, 138) / Math.sqrt(90)).isCloseTo(2, within(1e-12));
    }

    @Test
    void aTensorWithoutDirectionDoesNotMove() {
        TensorLayout layout = TensorLayout.of(List.of(new Tensor("a", List.of(2, 3)), new Tensor("b", List.of(2, 2))));
        double[] x = new double[10];
        double[] sum = {0, -0.0, 0, 0, 0, 0, 1, 0, 0, 1};
        new ModelState(layout, new MuonStep(5), x, sum, true, StepMemory.none()).step(StepInput.of(1, 1));
        assertThat(Arrays.copyOf(x, 6)).containsOnly(0);
        assertThat(x[6]).isNegative();
    }

    @Test
    void directionsOfAnyMagnitudeGiveTheSameStep() {
        double[] signs = {1, -1, 1, 1, 0, -1, -1, 1};
        double[] expected = factor(layout(4, 2), signs);
        for (double magnitude : MAGNITUDES) {
            double[] sum = Arrays.stream(signs).map(sign -> sign * magnitude).toArray();
            assertThat(factor(layout(4, 2), sum)).as("magnitude %s", magnitude).containsExactly(expected);
        }
    }

    @Test
    void valuesOfAllMagnitudesInOneMatrixGiveAFiniteStep() {
        double[] sum = {1e300, -1e-300, Double.MIN_VALUE, 1, 1e-160, 1e160, 0, Double.MAX_VALUE};
        for (int steps = 1; steps <= 10; steps++) {
            double[] result = factor(layout(2, 4), sum, steps);
            assertThat(Norm.l2(result)).isBetween(0.5, 2.0);
        }
    }

    @Test
    void aMatrixOfRankOneKeepsItsRank() {
        double[] u = normal(new SplitMix64(2), 30);
        double[] v = normal(new SplitMix64(3), 20);
        double[] sum = new double[600];
        for (int j = 0; j < 600; j++) {
            sum[j] = u[j / 20] * v[j % 20];
        }
        double norm = Norm.l2(u) * Norm.l2(v);
        for (int steps : new int[] {5, 10}) {
            double[] result = factor(layout(30, 20), sum, steps);
            double value = Norm.l2(result);
            assertThat(value).isBetween(0.67, 1.21);
            for (int j = 0; j < 600; j++) {
                assertThat(result[j]).isCloseTo(value * sum[j] / norm, within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NaN})
    void aSumThatIsNotFiniteIsNotHidden(double value) {
        double[] sum = {1, 2, value, 4};
        ModelState state = new ModelState(layout(2, 2), new MuonStep(5), new double[4], sum, true, StepMemory.none());
        state.step(StepInput.of(1, 1));
        assertThat(state.isFinite()).isFalse();
    }

    @Test
    void theScratchSpaceIsSizedForTheLargestMatrix() {
        TensorLayout layout = TensorLayout.of(List.of(
                new Tensor("a", List.of(64, 3, 7, 7)),
                new Tensor("b", List.of(1000)),
                new Tensor("c", List.of(10, 90))));
        assertThat(new MuonStep(5).scratchValues(layout)).isEqualTo(4 * 64 * 64 + 2 * 32 * 64);
        assertThat(new MuonStep(5).scratchValues(TensorLayout.flat(1000))).isZero();
    }

    @ParameterizedTest
    @CsvSource({"muon:0, 1 to 10", "muon:11, 1 to 10", "muon:2.5, an integer", "muon:NaN, an integer"})
    void aNumberOfStepsOutOfRangeIsRefused(String text, String expected) {
        assertThatThrownBy(() -> StepRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("steps of muon is ")
                .hasMessageContaining(expected);
    }

    @Test
    void devicesDownloadTheModel() {
        assertThat(StepRule.parse("muon").isRepeatable()).isFalse();
        assertThat(StepRule.parse("muon").text()).isEqualTo("muon:5");
        assertThat(StepRule.parse("muon").defaultGamma(true)).isEqualTo(new Schedule.Horizon(1, 0.75));
    }
}
