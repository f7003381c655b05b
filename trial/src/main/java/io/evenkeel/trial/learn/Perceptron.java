package io.evenkeel.trial.learn;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.data.Samples;
import java.util.Arrays;
import java.util.List;

/**
 * A perceptron with one hidden layer of rectified units and softmax cross-entropy, as a function of one flat vector of
 * parameters: {@code w1 [inputs, hidden]}, {@code b1 [hidden]}, {@code w2 [hidden, classes]}, {@code b2
 * [classes]}, row-major.
 *
 * <p>Sums are computed in a fixed order, and exp and log are those of {@link StrictMath}, so equal arguments give equal
 * bits everywhere. Reuses its buffers, so it allocates nothing per sample and is not thread-safe.
 */
public final class Perceptron {

    private final int inputs;
    private final int hidden;
    private final int classes;
    private final TensorLayout layout;
    private final int b1;
    private final int w2;
    private final int b2;
    private final double[] activations;
    private final double[] outputs;
    private final double[] back;

    /** Creates a perceptron; all three sizes must be at least 1. */
    public Perceptron(int inputs, int hidden, int classes) {
        this.inputs = inputs;
        this.hidden = hidden;
        this.classes = classes;
        layout = TensorLayout.of(List.of(
                new Tensor("w1", List.of(inputs, hidden)),
                new Tensor("b1", List.of(hidden)),
                new Tensor("w2", List.of(hidden, classes)),
                new Tensor("b2", List.of(classes))));
        b1 = layout.start(1);
        w2 = layout.start(2);
        b2 = layout.start(3);
        activations = new double[hidden];
        outputs = new double[classes];
        back = new double[hidden];
    }

    /** Returns the tensors' names and shapes. */
    public TensorLayout layout() {
        return layout;
    }

    /**
     * Returns a random initial model: weights with variance 2 / (inputs of the unit), biases 0.
     *
     * <p>He, Zhang, Ren, Sun: "Delving Deep into Rectifiers", ICCV 2015, equation 10.
     */
    public double[] initialModel(long seed) {
        double[] x = new double[layout.dimension()];
        NormalNumbers normal = new NormalNumbers(seed);
        fill(x, 0, b1, Math.sqrt(2.0 / inputs), normal);
        fill(x, w2, b2, Math.sqrt(2.0 / hidden), normal);
        return x;
    }

    private static void fill(double[] x, int from, int to, double deviation, NormalNumbers normal) {
        for (int j = from; j < to; j++) {
            x[j] = deviation * normal.next();
        }
    }

    /**
     * Computes the mean loss over a batch and its gradient.
     *
     * @param x the model, d values
     * @param batch indices of samples, at least one
     * @param gradient overwritten with the gradient, d values
     * @return the mean loss in nats
     */
    public double gradient(double[] x, Samples samples, int[] batch, double[] gradient) {
        Arrays.fill(gradient, 0);
        double loss = 0;
        for (int i : batch) {
            forward(x, samples.features(), i * inputs);
            loss += toProbabilities(samples.label(i));
            outputs[samples.label(i)] -= 1;
            backward(x, samples.features(), i * inputs, gradient);
        }
        double share = 1.0 / batch.length;
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] *= share;
        }
        return loss * share;
    }

    /** Computes the model's mean loss and its accuracy; a tie goes to the lower class. */
    public Evaluation evaluate(double[] x, Samples samples) {
        double loss = 0;
        int right = 0;
        for (int i = 0; i < samples.size(); i++) {
            forward(x, samples.features(), i * inputs);
            if (largest(outputs) == samples.label(i)) {
                right++;
            }
            loss += toProbabilities(samples.label(i));
        }
        return new Evaluation(loss / samples.size(), (double) right / samples.size());
    }

    /** Returns the outputs for a sample, one for each class, in an array that the next call overwrites. */
    public double[] outputs(double[] x, Samples samples, int sample) {
        forward(x, samples.features(), sample * inputs);
        return outputs;
    }

    private void forward(double[] x, double[] features, int sample) {
        System.arraycopy(x, b1, activations, 0, hidden);
        for (int p = 0; p < inputs; p++) {
            double feature = features[sample + p];
            if (feature != 0) {
                addScaled(activations, 0, feature, x, p * hidden, hidden);
            }
        }
        System.arraycopy(x, b2, outputs, 0, classes);
        for (int u = 0; u < hidden; u++) {
            activations[u] = Math.max(0, activations[u]);
            if (activations[u] > 0) {
                addScaled(outputs, 0, activations[u], x, w2 + u * classes, classes);
            }
        }
    }

    /** Replaces the outputs with probabilities and returns the loss; shifts by the largest output to avoid overflow. */
    private double toProbabilities(int label) {
        double shift = outputs[largest(outputs)];
        double shifted = outputs[label] - shift;
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            outputs[c] = StrictMath.exp(outputs[c] - shift);
            sum += outputs[c];
        }
        for (int c = 0; c < classes; c++) {
            outputs[c] /= sum;
        }
        return StrictMath.log(sum) - shifted;
    }

    /** Adds one sample's gradient; the outputs contain the derivatives of the loss with respect to them. */
    private void backward(double[] x, double[] features, int sample, double[] gradient) {
        addScaled(gradient, b2, 1, outputs, 0, classes);
        for (int u = 0; u < hidden; u++) {
            back[u] = 0;
            if (activations[u] > 0) {
                int row = w2 + u * classes;
                addScaled(gradient, row, activations[u], outputs, 0, classes);
                for (int c = 0; c < classes; c++) {
                    back[u] += x[row + c] * outputs[c];
                }
            }
        }
        addScaled(gradient, b1, 1, back, 0, hidden);
        for (int p = 0; p < inputs; p++) {
            double feature = features[sample + p];
            if (feature != 0) {
                addScaled(gradient, p * hidden, feature, back, 0, hidden);
            }
        }
    }

    private static void addScaled(double[] to, int at, double factor, double[] from, int start, int count) {
        for (int j = 0; j < count; j++) {
            to[at + j] += factor * from[start + j];
        }
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int c = 1; c < values.length; c++) {
            if (values[c] > values[best]) {
                best = c;
            }
        }
        return best;
    }
}
