package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A compressor and what it is given. */
final class Trial {

    private final Compressor compressor;
    private final double[] u;
    private final double[] minus;
    private final long seed;

    private Trial(Compressor compressor, double[] u, double[] minus, long seed) {
        this.compressor = compressor;
        this.u = u;
        this.minus = minus;
        this.seed = seed;
    }

    static Arbitrary<Trial> of(int maxDimension, Function<TensorLayout, Arbitrary<CompressorSpec>> specs) {
        return Vectors.dimensions(maxDimension)
                .flatMap(Specs::layouts)
                .flatMap(layout -> Combinators.combine(
                                specs.apply(layout).map(spec -> spec.bind(layout)),
                                Vectors.any(layout.dimension()),
                                Vectors.any(layout.dimension()),
                                Arbitraries.longs())
                        .as(Trial::new));
    }

    CompressedVector ofDifference() {
        return compressor.compress(u, minus, seed);
    }

    Compressor compressor() {
        return compressor;
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
