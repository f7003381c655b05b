package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalDouble;

/** A selection bound to a model: chooses the coordinates of a vector to send. Immutable and safe to share between threads. */
interface Selector {

    /** Returns the coordinates to send; lists none whose value is zero. */
    Support select(Difference vector, long seed);

    /** Returns the largest count of a support this may select. */
    int maxCount();

    /** Returns the contraction factor of sending the exact values; empty if there is none for all vectors. */
    OptionalDouble alpha();

    /**
     * Binds a selection.
     *
     * @throws IllegalArgumentException if it asks for more than the model has
     */
    static Selector of(Selection selection, TensorLayout layout) {
        int dimension = layout.dimension();
        if (selection instanceof Selection.TopK topK) {
            return new LayerTopKSelector(TensorLayout.flat(dimension), topK.amount());
        }
        if (selection instanceof Selection.LayerTopK topK) {
            return new LayerTopKSelector(layout, topK.amount());
        }
        if (selection instanceof Selection.RandK randK) {
            return new RandKSelector(dimension, randK.amount());
        }
        if (selection instanceof Selection.BlockTopK topK) {
            return new BlockTopKSelector(dimension, topK.length(), topK.amount());
        }
        if (selection instanceof Selection.Threshold threshold) {
            return new ThresholdSelector(dimension, threshold.lambda());
        }
        return new IdentitySelector(dimension);
    }
}
