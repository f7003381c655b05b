package io.evenkeel.trial.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LabelShardsTest {

    private static final Samples TRAIN = Digits.load().train();

    @Property(tries = 50)
    void givesEverySampleToExactlyOneDevice(
            @ForAll @IntRange(min = 1, max = 300) int devices,
            @ForAll @IntRange(min = 1, max = 4) int shards,
            @ForAll long seed) {
        int[][] shares = LabelShards.divide(TRAIN, devices, shards, seed);
        assertThat(shares.length).isEqualTo(devices);
        int[] dealt =
                Arrays.stream(shares).flatMapToInt(Arrays::stream).sorted().toArray();
        assertThat(dealt).hasSize(TRAIN.size());
        for (int i = 0; i < dealt.length; i++) {
            assertThat(dealt[i]).isEqualTo(i);
        }
    }

    @Property(tries = 50)
    void givesDevicesNearlyEqualShares(
            @ForAll @IntRange(min = 1, max = 300) int devices,
            @ForAll @IntRange(min = 1, max = 4) int shards,
            @ForAll long seed) {
        int[] sizes = Arrays.stream(LabelShards.divide(TRAIN, devices, shards, seed))
                .mapToInt(share -> share.length)
                .toArray();
        int least = Arrays.stream(sizes).min().orElseThrow();
        int most = Arrays.stream(sizes).max().orElseThrow();
        assertThat(least).isPositive();
        assertThat(most - least).isLessThanOrEqualTo(shards);
    }

    @Property(tries = 50)
    void givesADeviceFewClasses(@ForAll long seed) {
        for (int[] share : LabelShards.divide(TRAIN, 10, 2, seed)) {
            long classes = Arrays.stream(TRAIN.subset(share).histogram())
                    .filter(count -> count > 0)
                    .count();
            assertThat(classes).isBetween(1L, 6L);
            int[] counts = TRAIN.subset(share).histogram();
            Arrays.sort(counts);
            assertThat(counts[9] + counts[8]).isGreaterThan(share.length / 2);
        }
    }

    @Test
    void dealsTheSameSharesForTheSameSeedOnly() {
        assertThat(LabelShards.divide(TRAIN, 10, 2, 1)).isDeepEqualTo(LabelShards.divide(TRAIN, 10, 2, 1));
        assertThat(LabelShards.divide(TRAIN, 10, 2, 1)[0]).isNotEqualTo(LabelShards.divide(TRAIN, 10, 2, 2)[0]);
    }

    @Test
    void refusesMoreShardsThanSamples() {
        assertThatThrownBy(() -> LabelShards.divide(TRAIN, 719, 2, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("719 devices x 2 shards cannot be cut from 1437 samples: use 1 to 718 devices");
    }
}
