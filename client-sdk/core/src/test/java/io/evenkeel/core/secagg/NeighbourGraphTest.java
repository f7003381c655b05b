package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NeighbourGraphTest {

    @Property(tries = 100)
    void isSymmetricRegularAndConnected(
            @ForAll @IntRange(min = 3, max = 120) int size,
            @ForAll @IntRange(min = 2, max = 40) int wanted,
            @ForAll long seed) {
        int neighbours = wanted >= size ? size - 1 : wanted % 2 == 1 && wanted != size - 1 ? wanted - 1 : wanted;
        int[] members = IntStream.range(0, size).map(i -> 3 * i + 1).toArray();
        NeighbourGraph graph = new NeighbourGraph(members, neighbours, seed);
        for (int member : members) {
            int[] found = graph.neighboursOf(member);
            assertThat(found).hasSize(neighbours).doesNotHaveDuplicates().doesNotContain(member);
            assertThat(Arrays.stream(found))
                    .allMatch(other -> Arrays.binarySearch(graph.neighboursOf(other), member) >= 0);
        }
        assertThat(reached(graph, members[0])).hasSize(size);
    }

    private static Set<Integer> reached(NeighbourGraph graph, int from) {
        Set<Integer> seen = new HashSet<>(Set.of(from));
        Deque<Integer> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (int next : graph.neighboursOf(open.remove())) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen;
    }

    @Test
    void followsFromTheMembersAndTheSeed() {
        int[] forwards = IntStream.range(0, 50).toArray();
        int[] backwards = IntStream.range(0, 50).map(i -> 49 - i).toArray();
        int[] some = new NeighbourGraph(forwards, 6, 1).neighboursOf(7);
        assertThat(new NeighbourGraph(backwards, 6, 1).neighboursOf(7)).isEqualTo(some);
        assertThat(new NeighbourGraph(forwards, 6, 2).neighboursOf(7)).isNotEqualTo(some);
    }

    @Test
    void refusesStrangersAndMembersThatAreThereTwice() {
        NeighbourGraph graph = new NeighbourGraph(new int[] {1, 2, 3}, 2, 1);
        assertThatThrownBy(() -> graph.neighboursOf(4)).hasMessageContaining("device 4 is no member");
        assertThatThrownBy(() -> new NeighbourGraph(new int[] {1, 2, 2}, 2, 1))
                .hasMessageContaining("member 2 is there");
        assertThatThrownBy(() -> new NeighbourGraph(new int[] {1, 2, 3}, 3, 1)).hasMessageContaining("3 neighbours");
    }
}
