package io.evenkeel.trial.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeldOutShareTest {

    private static Labelled samples(double... labels) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        for (int i = 0; i < labels.length; i++) {
            rows.add(0, i + 1);
            rows.endRow();
        }
        return new Labelled(rows.build(1), labels, null);
    }

    private static Labelled alternating(int count) {
        return samples(IntStream.range(0, count).mapToDouble(i -> i % 2).toArray());
    }

    @Test
    void takesTheSameShareOfEachClient() {
        Shards shards = Division.iid(103, 4, 1);
        HeldOutShare drawn = HeldOutShare.draw(alternating(103), shards, 0.2, true, 7);
        for (int client = 0; client < 4; client++) {
            int given = shards.size(client) - drawn.train().size(client);
            assertThat(given).isBetween(shards.size(client) / 5, shards.size(client) / 5 + 1);
        }
        assertThat(drawn.heldOut()).hasSize(20);
    }

    @Test
    void keepsEachSampleOnceAndWithItsClient() {
        Shards shards = Division.iid(50, 3, 1);
        HeldOutShare drawn = HeldOutShare.draw(alternating(50), shards, 0.3, true, 7);
        int[] all = IntStream.concat(Arrays.stream(drawn.train().order()), Arrays.stream(drawn.heldOut()))
                .sorted()
                .toArray();
        assertThat(all).isEqualTo(IntStream.range(0, 50).toArray());
        for (int client = 0; client < 3; client++) {
            int[] before = Arrays.copyOfRange(shards.order(), shards.start(client), shards.end(client));
            int[] kept = Arrays.copyOfRange(
                    drawn.train().order(),
                    drawn.train().start(client),
                    drawn.train().end(client));
            assertThat(before).contains(kept);
        }
    }

    @Test
    void drawsOtherSamplesWithAnotherSeedAndTheSameWithTheSame() {
        Shards shards = Division.contiguous(60, 3);
        int[] first = HeldOutShare.draw(alternating(60), shards, 0.2, true, 1).heldOut();
        assertThat(HeldOutShare.draw(alternating(60), shards, 0.2, true, 1).heldOut())
                .isEqualTo(first);
        assertThat(HeldOutShare.draw(alternating(60), shards, 0.2, true, 2).heldOut())
                .isNotEqualTo(first);
    }

    @Test
    void keepsATrainingSampleOfEachClientAndClass() {
        assertThat(HeldOutShare.draw(alternating(4), Division.contiguous(4, 4), 0.9, true, 1)
                        .heldOut())
                .isEmpty();
        Labelled rare = samples(0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        for (int seed = 0; seed < 20; seed++) {
            HeldOutShare drawn = HeldOutShare.draw(rare, Division.contiguous(10, 1), 0.8, true, seed);
            assertThat(drawn.heldOut()).hasSize(8).doesNotContain(9);
        }
    }
}
