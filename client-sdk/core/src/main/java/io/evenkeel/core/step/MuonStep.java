package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;

/**
 * A step with a separate norm for each tensor: {@code x_l - gamma 0.2 sqrt(max(m, n)) O(g_l)} for a tensor of m rows
 * and n columns, where O(g_l) is the nearest matrix with orthonormal rows or columns, by {@link NewtonSchulz}. Such a
 * step changes every direction of the matrix about equally, no matter how small its part of g_l is.
 *
 * <p>The first axis of a tensor is its rows, and the other axes together are its columns. A tensor of one row or
 * column, such as a bias or a scalar, takes the step {@code x_l - gamma 0.2 sqrt(n) g_l/||g_l||}: the same formula,
 * since O normalizes a vector. So a full step changes the entries of every tensor by 0.2 gamma in the root mean square.
 *
 * <p>Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; with error feedback Gruntkowska et
 * al., arXiv 2510.00643. The factor of each tensor is that of Liu et al., arXiv 2502.16982. It is the same for a matrix
 * and its transpose, since a layout does not say which axis is the output.
 *
 * <p>The recipe has gamma as its factor and W as its divisor. Devices do not repeat the step, because it requires
 * matrix products.
 *
 * @param steps the number of Newton-Schulz iterations, 1 to 10
 */
public record MuonStep(int steps) implements StepRule {

    static final Entry ENTRY = Entry.of(
            "muon",
            "Orthogonal factors of the matrices of g, so that a step changes every direction of a matrix about equally.",
            Parameter.whole("steps", 5, 1, NewtonSchulz.MAX_STEPS));

    private static final double ROOT_MEAN_SQUARE = 0.2;

    public MuonStep {
        ENTRY.require(steps);
    }

    /** Returns the rule for a parameter read from text. */
    static MuonStep of(double steps) {
        ENTRY.require(steps);
        return new MuonStep((int) steps);
    }

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public List<Number> parameters() {
        return List.of(steps);
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new NormalizedStep().defaultGamma(momentum);
    }

    @Override
    public long scratchValues(TensorLayout layout) {
        long most = 0;
        for (int l = 0; l < layout.size(); l++) {
            most = Math.max(most, TensorMatrix.of(layout, l).scratchValues());
        }
        return most;
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public void apply(ModelState state, StepScale scale) {
        if (scale.factor() == 0) {
            return;
        }
        TensorLayout layout = state.layout();
        for (int l = 0; l < layout.size(); l++) {
            TensorMatrix matrix = TensorMatrix.of(layout, l);
            matrix.step(state.x(), state.sum(), scale.factor() * ROOT_MEAN_SQUARE * Math.sqrt(matrix.length()), steps);
        }
    }
}
