package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalDouble;

/**
 * A selection bound to a model: chooses the coordinates of a vector to send. Immutable and safe to share
 * between threads.
 */
interface Selector {

    /** Returns the coordinates to send; a listed coordinate is never zero. */
    Support select(VectorDifference vector, long seed);

    /** Returns the largest number of coordinates that this selector selects. */
    int maxCount();

    /** Returns the contraction factor before the values are rounded; empty if none holds for all vectors. */
    OptionalDouble alpha();

    /**
     * Binds a selection.
     *
     * @throws IllegalArgumentException if the selection needs more coordinates or blocks than the model has
     */
    static Selector of(Selection selection, TensorLayout layout) {
        return selection.accept(new Binding(layout));
    }

    /**
     * Creates the selector of each selection.
     *
     * @param layout the model's tensors
     */
    record Binding(TensorLayout layout) implements Selection.Visitor<Selector> {

        @Override
        public Selector identity(Selection.Identity identity) {
            return new IdentitySelector(layout.dimension());
        }

        @Override
        public Selector topK(Selection.TopK topK) {
            return new LayerTopKSelector(TensorLayout.flat(layout.dimension()), topK.amount());
        }

        @Override
        public Selector randK(Selection.RandK randK) {
            return new RandKSelector(layout.dimension(), randK.amount());
        }

        @Override
        public Selector blockTopK(Selection.BlockTopK blockTopK) {
            return new BlockTopKSelector(layout.dimension(), blockTopK.length(), blockTopK.amount());
        }

        @Override
        public Selector layerTopK(Selection.LayerTopK layerTopK) {
            return new LayerTopKSelector(layout, layerTopK.amount());
        }

        @Override
        public Selector threshold(Selection.Threshold threshold) {
            return new ThresholdSelector(layout.dimension(), threshold.lambda());
        }
    }
}
