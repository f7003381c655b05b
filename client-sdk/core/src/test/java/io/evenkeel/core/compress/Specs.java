package io.evenkeel.core.compress;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generates compressors and models for property tests. */
final class Specs {

    private Specs() {}

    /** Layouts of up to four tensors. */
    static Arbitrary<TensorLayout> layouts(int dimension) {
        return Arbitraries.integers().between(1, dimension).set().ofMaxSize(3).map(cuts -> layout(dimension, cuts));
    }

    private static TensorLayout layout(int dimension, Set<Integer> cuts) {
        TreeSet<Integer> ends = new TreeSet<>(cuts);
        ends.add(dimension);
        List<Tensor> tensors = new ArrayList<>();
        int start = 0;
        for (int end : ends) {
            tensors.add(new Tensor("t" + start, List.of(end - start)));
            start = end;
        }
        return TensorLayout.of(tensors);
    }

    /** Every selection that can be bound to a layout, with every coding. */
    static Arbitrary<CompressorSpec> any(TensorLayout layout) {
        return withCodings(Arbitraries.oneOf(deterministic(layout), randK(layout), thresholds()));
    }

    static Arbitrary<CompressorSpec> withCodings(Arbitrary<Selection> selections) {
        return Combinators.combine(selections, Arbitraries.of(ValueCoding.class))
                .as(CompressorSpec::new);
    }

    static Arbitrary<Selection> thresholds() {
        return Arbitraries.oneOf(
                        Arbitraries.doubles().between(0.5, 2),
                        Arbitraries.of(Double.MIN_VALUE, 0x1.0p-500, Double.MAX_VALUE))
                .map(Selection.Threshold::new);
    }

    private static Arbitrary<Amount> amounts(int total) {
        Arbitrary<Amount> counts = Arbitraries.integers().between(1, total).map(Amount.Count::new);
        Arbitrary<Amount> shares =
                Arbitraries.doubles().between(0, false, 1, true).ofScale(4).map(Amount.Share::new);
        return Arbitraries.oneOf(counts, shares, Arbitraries.just(new Amount.Count(total)));
    }

    /** The selections that contract for any seed. */
    static Arbitrary<Selection> deterministic(TensorLayout layout) {
        int d = layout.dimension();
        int smallest =
                Collections.min(layout.tensors().stream().map(Tensor::size).toList());
        Arbitrary<Selection> blocks = Arbitraries.integers()
                .between(1, d)
                .flatMap(length -> amounts(Support.Blocks.total(d, length))
                        .map(amount -> new Selection.BlockTopK(length, amount)));
        return Arbitraries.oneOf(
                Arbitraries.just(new Selection.Identity()),
                amounts(d).map(Selection.TopK::new),
                amounts(smallest).map(Selection.LayerTopK::new),
                blocks);
    }

    static Arbitrary<Selection> randK(TensorLayout layout) {
        return amounts(layout.dimension()).map(Selection.RandK::new);
    }
}
