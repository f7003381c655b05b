package io.evenkeel.coordinator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import java.util.BitSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DirtyCoordinatesTest {

    @Property
    void returnsTheAddedCoordinates(
            @ForAll @IntRange(min = 1, max = 300) int dimension,
            @ForAll Set<@IntRange(max = 299) Integer> some,
            @ForAll @IntRange(max = 299) int one,
            @ForAll @IntRange(max = 299) int other) {
        int from = Math.min(one, other) % dimension;
        int to = Math.max(from, Math.max(one, other) % (dimension + 1));
        int[] listed = some.stream()
                .mapToInt(coordinate -> coordinate)
                .filter(coordinate -> coordinate < dimension)
                .sorted()
                .toArray();

        DirtyCoordinates touched = new DirtyCoordinates(dimension);
        touched.add(from);
        touched.clear();
        touched.add(
                new CompressedVector(new Support.All(dimension), ValueCoding.FLOAT32, new double[dimension]), from, to);
        touched.add(
                new CompressedVector(
                        new Support.Listed(dimension, listed), ValueCoding.FLOAT32, new double[listed.length]),
                listed.length / 2,
                listed.length);

        BitSet expected = new BitSet();
        expected.set(from, to);
        for (int j = listed.length / 2; j < listed.length; j++) {
            expected.set(listed[j]);
        }
        assertThat(touched.toArray()).isEqualTo(expected.stream().toArray());
        assertThat(touched.count()).isEqualTo(expected.cardinality());
    }
}
