package io.evenkeel.core.compress;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Selects the largest magnitudes of each tensor. With a flat layout this is top-k of the whole vector. */
final class LayerTopKSelector implements Selector {

    private final TensorLayout layout;
    private final int[] counts;

    LayerTopKSelector(TensorLayout layout, Amount amount) {
        this.layout = layout;
        this.counts = new int[layout.size()];
        for (int i = 0; i < counts.length; i++) {
            Tensor tensor = layout.tensors().get(i);
            String what = counts.length == 1 ? "coordinates" : "values in tensor '" + tensor.name() + "'";
            counts[i] = amount.of(tensor.size(), what);
        }
    }

    @Override
    public Support select(VectorDifference vector, long seed) {
        LargestMagnitudes largest = new LargestMagnitudes(vector);
        if (counts.length == 1) {
            return new Support.Listed(layout.dimension(), largest.select(0, layout.dimension(), counts[0]));
        }
        int[] indices = new int[maxCount()];
        int end = 0;
        for (int i = 0; i < counts.length; i++) {
            int[] ofTensor = largest.select(layout.start(i), layout.end(i), counts[i]);
            System.arraycopy(ofTensor, 0, indices, end, ofTensor.length);
            end += ofTensor.length;
        }
        return new Support.Listed(layout.dimension(), Arrays.copyOf(indices, end));
    }

    @Override
    public int maxCount() {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }

    @Override
    public OptionalDouble alpha() {
        double smallest = 1;
        for (int i = 0; i < counts.length; i++) {
            smallest = Math.min(
                    smallest, (double) counts[i] / layout.tensors().get(i).size());
        }
        return OptionalDouble.of(smallest);
    }
}
