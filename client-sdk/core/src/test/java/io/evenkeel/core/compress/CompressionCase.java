package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A compressor and its input. */
final class CompressionCase {

    private final TensorLayout layout;
    private final Compressor compressor;
    private final double[] u;
    private final double[] minus;
    private final long seed;

    private CompressionCase(TensorLayout layout, CompressorSpec spec, double[] u, double[] minus, long seed) {
        this.layout = layout;
        this.compressor = spec.bind(layout);
        this.u = u;
        this.minus = minus;
        this.seed = seed;
    }

    static Arbitrary<CompressionCase> of(int maxDimension, Function<TensorLayout, Arbitrary<CompressorSpec>> specs) {
        return Vectors.dimensions(maxDimension)
                .flatMap(Specs::layouts)
                .flatMap(layout -> Combinators.combine(
                                specs.apply(layout),
                                Vectors.any(layout.dimension()),
                                Vectors.any(layout.dimension()),
                                Arbitraries.longs())
                        .as((spec, u, minus, seed) -> new CompressionCase(layout, spec, u, minus, seed)));
    }

    CompressedVector ofDifference() {
        return compressor.compress(u, minus, seed);
    }

    Compressor compressor() {
        return compressor;
    }

    /** Returns this case's selection with every coding. */
    List<Compressor> compressorOfEachCoding() {
        return Stream.of(ValueCoding.values())
                .map(coding -> new CompressorSpec(spec().selection(), coding).bind(layout))
                .toList();
    }

    CompressorSpec spec() {
        return compressor.spec();
    }

    double[] u() {
        return u;
    }

    double[] minus() {
        return minus;
    }

    long seed() {
        return seed;
    }

    @Override
    public String toString() {
        return compressor + ", u = " + Arrays.toString(u) + ", minus = " + Arrays.toString(minus) + ", seed " + seed;
    }
}
