package io.evenkeel.engine.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.sampling.Sampling;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MemberDrawTest {

    /** Adds members with odd ordinals, in reverse order. */
    private static DrawCandidates candidates(String... strata) {
        DrawCandidates candidates = new DrawCandidates(Arrays.asList(strata));
        for (int i = strata.length - 1; i >= 0; i--) {
            candidates.add(2 * i + 1, strata[i]);
        }
        return candidates;
    }

    @Test
    void drawsFromMembersWhoseTurnItIsUnlessARoundNeedsMore() {
        DrawCandidates candidates = candidates("eu", "eu", "us", "us");
        candidates.waits(3);
        candidates.waits(7);

        assertThat(candidates.inTurn(2).strata()).containsExactly(new int[] {1}, new int[] {5});
        assertThat(candidates.inTurn(2).size()).isEqualTo(2);
        assertThat(candidates.inTurn(3)).isSameAs(candidates);
    }

    @Test
    void drawsAsRunsWithoutStrataDo() {
        String[] strata = new String[50];
        Arrays.fill(strata, "");
        BitSet expected = new BitSet();
        IntStream.of(Sampling.positions(50, 7, 3, 4)).forEach(position -> expected.set(2 * position + 1));
        assertThat(MemberDraw.draw(candidates(strata), 7, 3, 4)).isEqualTo(expected);
    }

    @Test
    void dividesInProportionAndGivesTheRestToTheLargestFractions() {
        assertThat(MemberDraw.shares(new int[] {60, 30, 10}, 10)).containsExactly(6, 3, 1);
        assertThat(MemberDraw.shares(new int[] {5, 5, 1}, 3)).containsExactly(2, 1, 0);
        assertThat(MemberDraw.shares(new int[] {50, 49, 1}, 3)).containsExactly(2, 1, 0);
        assertThat(MemberDraw.shares(new int[] {1, 1, 1}, 2)).containsExactly(1, 1, 0);
        assertThat(MemberDraw.shares(new int[] {}, 0)).isEmpty();
    }

    @Property
    void sharesAddUpToTheCountAndAreLessThanOneFromTheProportion(
            @ForAll @Size(min = 1, max = 9) List<@IntRange(max = 100_000) Integer> sizes, @ForAll Random random) {
        int[] all = sizes.stream().mapToInt(Integer::intValue).toArray();
        int total = IntStream.of(all).sum();
        int count = total == 0 ? 0 : random.nextInt(total + 1);
        int[] shares = MemberDraw.shares(all, count);
        assertThat(IntStream.of(shares).sum()).isEqualTo(count);
        for (int i = 0; i < shares.length; i++) {
            double proportion = total == 0 ? 0 : (double) count * all[i] / total;
            assertThat(Math.abs(shares[i] - proportion)).isLessThan(1);
            assertThat(shares[i]).isBetween(0, all[i]);
        }
    }

    @Property
    void drawsAFixedNumberOfEachStratumReproducibly(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 4) Integer> of, @ForAll long seed) {
        String[] strata = of.stream().map(String::valueOf).toArray(String[]::new);
        DrawCandidates candidates = candidates(strata);
        int count = (strata.length + 1) / 2;
        BitSet drawn = MemberDraw.draw(candidates, count, seed, 9);
        assertThat(drawn.cardinality()).isEqualTo(count);
        assertThat(MemberDraw.draw(candidates, count, seed, 9)).isEqualTo(drawn);
        for (String stratum : strata) {
            List<Integer> members = IntStream.range(0, strata.length)
                    .filter(i -> strata[i].equals(stratum))
                    .mapToObj(i -> 2 * i + 1)
                    .toList();
            long asked = members.stream().filter(drawn::get).count();
            assertThat(Math.abs(asked - (double) count * members.size() / strata.length))
                    .isLessThan(1);
        }
    }

    @Test
    void strataAreInTheOrderOfTheirValuesAndThoseWithoutMembersAreLeftOut() {
        DrawCandidates candidates = new DrawCandidates(List.of("b", "a", "unused"));
        candidates.add(9, "b");
        candidates.add(4, "a");
        candidates.add(7, "");
        candidates.add(2, "a");

        assertThat(candidates.strata()).containsExactly(new int[] {7}, new int[] {2, 4}, new int[] {9});
    }
}
