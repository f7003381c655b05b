package io.evenkeel.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes a network's losses and gradients in single precision, so many images at a time that memory stays small. Safe to share
 * between threads.
 */
final class Trainer {

    private static final int AT_ONCE = 256;

    private final NDManager arrays;
    private final ResNet network;
    private final TensorLayout layout;

    Trainer(NDManager arrays, ResNet network) {
        this.arrays = arrays;
        this.network = network;
        this.layout = network.layout();
    }

    ResNet network() {
        return network;
    }

    /** Overwrites {@code gradient} with that of the mean cross entropy over some images, and returns the mean. */
    double gradient(double[] x, Images images, int[] chosen, double[] gradient) {
        Arrays.fill(gradient, 0);
        double loss = 0;
        for (int from = 0; from < chosen.length; from += AT_ONCE) {
            int[] part = Arrays.copyOfRange(chosen, from, Math.min(chosen.length, from + AT_ONCE));
            double share = (double) part.length / chosen.length;
            loss += share * addGradient(x, images, part, share, gradient);
        }
        return loss;
    }

    private double addGradient(double[] x, Images images, int[] part, double share, double[] gradient) {
        try (NDManager own = arrays.newSubManager()) {
            // Gradients are asked of the engine itself: DJL's collector takes one computation at a time in a whole
            // process.
            JniUtils.setGradMode(true);
            List<NDArray> parameters = parameters(own, x, true);
            NDArray scores = network.scores(own, parameters, batch(own, images, part));
            NDArray wanted = own.create(images.oneHot(part, classes()), new Shape(part.length, classes()));
            NDArray loss = scores.logSoftmax(1).mul(wanted).sum().div(-part.length);
            JniUtils.backward((PtNDArray) loss, (PtNDArray) own.ones(loss.getShape()), false, false);
            for (int i = 0; i < parameters.size(); i++) {
                float[] values = parameters.get(i).getGradient().toFloatArray();
                for (int j = 0; j < values.length; j++) {
                    gradient[layout.start(i) + j] += share * values[j];
                }
            }
            return loss.getFloat();
        }
    }

    /** Returns the share of images whose highest score is that of their class. */
    double accuracy(double[] x, Images images) {
        int right = 0;
        for (int from = 0; from < images.size(); from += AT_ONCE) {
            int first = from;
            int[] part = new int[Math.min(images.size() - from, AT_ONCE)];
            Arrays.setAll(part, i -> first + i);
            right += right(x, images, part);
        }
        return (double) right / images.size();
    }

    private int right(double[] x, Images images, int[] part) {
        float[] scores;
        try (NDManager own = arrays.newSubManager()) {
            scores = network.scores(own, parameters(own, x, false), batch(own, images, part))
                    .toFloatArray();
        }
        int right = 0;
        for (int i = 0; i < part.length; i++) {
            int best = 0;
            for (int c = 1; c < classes(); c++) {
                best = scores[i * classes() + c] > scores[i * classes() + best] ? c : best;
            }
            right += best == images.classOf(part[i]) ? 1 : 0;
        }
        return right;
    }

    private NDArray batch(NDManager own, Images images, int[] part) {
        return own.create(images.values(part), network.batch(part.length));
    }

    private int classes() {
        return layout.tensors().get(layout.size() - 1).size();
    }

    private List<NDArray> parameters(NDManager own, double[] x, boolean withGradients) {
        List<NDArray> parameters = new ArrayList<>(layout.size());
        for (int i = 0; i < layout.size(); i++) {
            Tensor tensor = layout.tensors().get(i);
            float[] values = new float[tensor.size()];
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) x[layout.start(i) + j];
            }
            NDArray parameter = own.create(
                    values,
                    new Shape(tensor.shape().stream()
                            .mapToLong(Integer::longValue)
                            .toArray()));
            parameter.setRequiresGradient(withGradients);
            parameters.add(parameter);
        }
        return parameters;
    }
}
