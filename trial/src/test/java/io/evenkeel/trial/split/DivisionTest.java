package io.evenkeel.trial.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DivisionTest {

    private static Labelled samples(int count, int classes, int @Nullable [] groups) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        double[] labels = new double[count];
        for (int i = 0; i < count; i++) {
            rows.add(0, i + 1);
            rows.endRow();
            labels[i] = i % classes;
        }
        return new Labelled(rows.build(1), labels, groups);
    }

    @Test
    void givesTheRemainderToTheLastClient() {
        Shards shards = Division.contiguous(11, 3);
        assertThat(shards.size(0)).isEqualTo(3);
        assertThat(shards.size(1)).isEqualTo(3);
        assertThat(shards.size(2)).isEqualTo(5);
        assertThat(shards.order()).isEqualTo(IntStream.range(0, 11).toArray());
    }

    @Test
    void givesEachSampleToExactlyOneClient() {
        Labelled data = samples(300, 3, null);
        for (Shards shards : new Shards[] {Division.iid(300, 7, 1), Division.dirichlet(data, 7, 0.5, 1)}) {
            assertThat(shards.clients()).isEqualTo(7);
            assertThat(Arrays.stream(shards.order()).sorted().toArray())
                    .isEqualTo(IntStream.range(0, 300).toArray());
            assertThat(IntStream.range(0, 7).map(shards::size).min().orElseThrow())
                    .isPositive();
        }
    }

    @Test
    void dependsOnlyOnTheSeed() {
        assertThat(Division.iid(50, 5, 3).order())
                .isEqualTo(Division.iid(50, 5, 3).order());
        assertThat(Division.iid(50, 5, 3).order())
                .isNotEqualTo(Division.iid(50, 5, 4).order());
    }

    @Test
    void skewsLabelsTheMoreTheSmallerAlphaIs() {
        Labelled data = samples(3000, 3, null);
        assertThat(purity(data, Division.dirichlet(data, 5, 0.05, 2)))
                .isGreaterThan(purity(data, Division.dirichlet(data, 5, 1, 2)) + 0.1);
        assertThat(purity(data, Division.dirichlet(data, 5, 1e6, 2))).isLessThan(0.36);
    }

    /** Returns the mean share of a client's most frequent label. */
    private static double purity(Labelled data, Shards shards) {
        double sum = 0;
        for (int client = 0; client < shards.clients(); client++) {
            int[] counts = new int[3];
            for (int i = shards.start(client); i < shards.end(client); i++) {
                counts[(int) data.label(shards.order()[i])]++;
            }
            sum += (double) Arrays.stream(counts).max().orElseThrow() / shards.size(client);
        }
        return sum / shards.clients();
    }

    @Test
    void refusesShardsWithoutSamples() {
        assertThatThrownBy(() -> Division.contiguous(3, 4)).hasMessageContaining("take 1 to 3 clients");
        Labelled data = samples(10, 2, null);
        assertThatThrownBy(() -> Division.dirichlet(data, 10, 0.01, 1)).hasMessageContaining("use a larger alpha");
        assertThatThrownBy(() -> Division.byGroup(samples(3, 2, new int[] {0, 2, 2})))
                .hasMessageContaining("client 1 of 3 has no samples");
        assertThatThrownBy(() -> Division.byGroup(data)).hasMessageContaining("name the column");
    }

    @Test
    void makesAClientOfEachGroup() {
        Shards shards = Division.byGroup(samples(5, 2, new int[] {1, 0, 1, 2, 0}));
        assertThat(shards.order()).containsExactly(1, 4, 0, 2, 3);
        assertThat(shards.size(1)).isEqualTo(2);
    }

    @Test
    void flipsExactlyTheRequestedShareOfLabels() {
        Labelled data = samples(200, 3, null);
        Labelled noisy = LabelNoise.flip(data, 0.25, 9);
        long changed = IntStream.range(0, 200)
                .filter(i -> noisy.label(i) != data.label(i))
                .count();
        assertThat(changed).isEqualTo(50);
        assertThat(noisy.distinctLabels()).containsExactly(0, 1, 2);
        assertThatThrownBy(() -> LabelNoise.flip(data, 1, 9)).hasMessageContaining("from 0 to below 1");
        assertThatThrownBy(() -> LabelNoise.flip(samples(4, 1, null), 0.5, 9)).hasMessageContaining("no other");
    }
}
