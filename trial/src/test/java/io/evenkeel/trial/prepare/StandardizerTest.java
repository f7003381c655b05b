package io.evenkeel.trial.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrix;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import io.evenkeel.trial.split.Division;
import io.evenkeel.trial.split.HeldOutShare;
import io.evenkeel.trial.split.Shards;
import org.junit.jupiter.api.Test;

class StandardizerTest {

    private static SparseMatrix rows(double[]... values) {
        SparseMatrixBuilder builder = new SparseMatrixBuilder();
        for (double[] row : values) {
            for (int column = 0; column < row.length; column++) {
                builder.add(column, row[column]);
            }
            builder.endRow();
        }
        return builder.build(values[0].length);
    }

    private static Standardizer fit(SparseMatrix rows) {
        return Standardizer.fit(rows, Division.contiguous(rows.rows(), 1));
    }

    @Test
    void standardizesDenseColumnsToMeanZeroAndVarianceOne() {
        SparseMatrix result = fit(rows(new double[] {1000}, new double[] {1010}, new double[] {0}, new double[] {1990}))
                .apply(rows(new double[] {1000}, new double[] {1010}, new double[] {0}, new double[] {1990}));
        double sum = 0;
        double squares = 0;
        for (int row = 0; row < 4; row++) {
            sum += result.at(row, 0);
            squares += result.at(row, 0) * result.at(row, 0);
        }
        assertThat(sum).isCloseTo(0, within(1e-6));
        assertThat(squares / 4).isCloseTo(1, within(1e-6));
    }

    @Test
    void doesNotScaleColumnsOfZeroAndOne() {
        SparseMatrix flags = rows(new double[] {1, 0}, new double[] {1, 0}, new double[] {0, 1}, new double[] {1, 0});
        assertThat(fit(flags).apply(flags)).isSameAs(flags);
        assertThat(fit(flags).untouched()).isEqualTo(2);
    }

    @Test
    void keepsTheZerosOfSparseColumns() {
        SparseMatrix rare = rows(new double[] {0}, new double[] {0}, new double[] {0}, new double[] {500});
        SparseMatrix result = fit(rare).apply(rare);
        assertThat(result.entries()).isEqualTo(1);
        assertThat(result.at(3, 0)).isEqualTo(1);
    }

    @Test
    void scalesAColumnOfOneValueToOne() {
        SparseMatrix constant = rows(new double[] {-7}, new double[] {-7}, new double[] {-7});
        SparseMatrix result = fit(constant).apply(constant);
        assertThat(result.at(0, 0)).isEqualTo(-1);
    }

    @Test
    void staysExactIfTheMeanIsFarLargerThanTheSpread() {
        SparseMatrix times = rows(new double[] {1.7e9}, new double[] {1.7e9 + 1}, new double[] {1.7e9 + 2});
        SparseMatrix result = fit(times).apply(times);
        assertThat(result.at(2, 0)).isCloseTo(Math.sqrt(1.5), within(1e-6));
        assertThat(result.at(1, 0)).isEqualTo(0);
    }

    @Test
    void learnsNothingFromSamplesThatAreHeldOut() {
        SparseMatrix values = rows(new double[] {1}, new double[] {3}, new double[] {1}, new double[] {1e6});
        Shards training = Division.contiguous(3, 1);
        SparseMatrix result = Standardizer.fit(values, training).apply(values);
        assertThat(result.at(0, 0)).isCloseTo(-Math.sqrt(0.5), within(1e-6));
        assertThat(result.at(3, 0)).isGreaterThan(1e5);
    }

    @Test
    void doesNotDependOnTheSplitOfTheSamples() {
        SparseMatrix values = rows(new double[] {1}, new double[] {3}, new double[] {5}, new double[] {9});
        SparseMatrix one = Standardizer.fit(values, Division.contiguous(4, 1)).apply(values);
        SparseMatrix four = Standardizer.fit(values, Division.contiguous(4, 4)).apply(values);
        for (int row = 0; row < 4; row++) {
            assertThat(four.at(row, 0)).isEqualTo(one.at(row, 0));
        }
    }

    @Test
    void namesTheColumnsThatDifferInSize() {
        SparseMatrix values = rows(new double[] {1, 1e5, 2}, new double[] {2, 3e5, 0.5}, new double[] {3, 2e5, 1});
        assertThat(fit(values).unevenColumns()).containsExactly(1);
        assertThat(fit(rows(new double[] {1, 2}, new double[] {2, 1})).unevenColumns())
                .isEmpty();
    }

    @Test
    void refusesValuesWhoseSquaresOverflow() {
        SparseMatrix huge = rows(new double[] {1, 1e200}, new double[] {2, -1e200});
        assertThatThrownBy(() -> fit(huge).apply(huge)).hasMessageContaining("feature 2 has values whose squares");
        SparseMatrix tiny = rows(new double[] {1e-200}, new double[] {2e-200});
        assertThat(fit(tiny).apply(tiny).at(0, 0)).isFinite();
    }

    @Test
    void standardizesLabelsWithTheTrainingStatistics() {
        Labelled data = new Labelled(
                rows(new double[] {1}, new double[] {1}, new double[] {1}), new double[] {100, 300, 500}, null);
        Shards training = HeldOutShare.draw(data, Division.contiguous(3, 1), 0.34, false, 1)
                .train();
        LabelScale scale = LabelScale.fit(data, training);
        Labelled scaled = scale.apply(data);
        double first = scaled.label(training.order()[0]);
        assertThat(first + scaled.label(training.order()[1])).isEqualTo(0);
        assertThat(Math.abs(first)).isEqualTo(1);
    }
}
