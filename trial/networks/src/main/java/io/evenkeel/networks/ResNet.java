package io.evenkeel.networks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.learn.NormalNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The residual networks of He, Zhang, Ren, Sun, CVPR 2016, section 4.2, for small images: 6n + 2 layers with 16, 32 and 64 channels
 * and shortcuts without parameters (their option A). ResNet-20 for three channels and ten classes has 269,722 parameters.
 *
 * <p>Batches are normalized by their own statistics, when a model is measured too: running ones would be a state beside the model
 * that no message carries. Immutable.
 */
final class ResNet {

    private static final Pattern NAME = Pattern.compile("resnet-(\\d+)(/2)?");
    private static final int STAGES = 3;
    private static final int FIRST_WIDTH = 16;
    private static final float EPSILON = 1e-5f;

    private final int blocks;
    private final boolean halved;
    private final Shape image;
    private final TensorLayout layout;

    private ResNet(int blocks, boolean halved, Shape image, int classes) {
        this.blocks = blocks;
        this.halved = halved;
        this.image = image;
        this.layout = TensorLayout.of(tensors(blocks, (int) image.get(0), classes));
    }

    /**
     * @param name resnet-DEPTH with a depth of 6n + 2, and /2 if images are averaged over 2 x 2 pixels first
     * @param image channels, height, width
     * @throws IllegalArgumentException if it is none of them, or the images are too small
     */
    static ResNet parse(String name, Shape image, int classes) {
        Matcher parts = NAME.matcher(name);
        int depth = parts.matches() ? Integer.parseInt(parts.group(1)) : 0;
        if (depth < 8 || depth % 6 != 2) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no network: expected resnet-8, resnet-14 or resnet-20");
        }
        boolean halved = parts.group(2) != null;
        int least = halved ? 8 : 4;
        if (image.get(1) < least) {
            throw new IllegalArgumentException(
                    name + " needs images of at least " + least + " pixels a side, these have " + image.get(1));
        }
        return new ResNet((depth - 2) / 6, halved, image, classes);
    }

    private static List<Tensor> tensors(int blocks, int channels, int classes) {
        List<Tensor> tensors = new ArrayList<>();
        addConvolution(tensors, "conv", channels, FIRST_WIDTH);
        int in = FIRST_WIDTH;
        for (int stage = 0; stage < STAGES; stage++) {
            int width = FIRST_WIDTH << stage;
            for (int block = 0; block < blocks; block++) {
                String name = "stage" + (stage + 1) + ".block" + (block + 1);
                addConvolution(tensors, name + ".conv1", in, width);
                addConvolution(tensors, name + ".conv2", width, width);
                in = width;
            }
        }
        tensors.add(new Tensor("dense.weight", List.of(classes, in)));
        tensors.add(new Tensor("dense.bias", List.of(classes)));
        return tensors;
    }

    private static void addConvolution(List<Tensor> tensors, String name, int in, int out) {
        tensors.add(new Tensor(name + ".weight", List.of(out, in, 3, 3)));
        tensors.add(new Tensor(name + ".scale", List.of(out)));
        tensors.add(new Tensor(name + ".shift", List.of(out)));
    }

    TensorLayout layout() {
        return layout;
    }

    /** Returns the shape of a batch of so many images. */
    Shape batch(int images) {
        return new Shape(images, image.get(0), image.get(1), image.get(2));
    }

    /** Draws weights ~ N(0, 2 / inputs), as in He et al., ICCV 2015; scales are 1 and all else is 0. */
    double[] initialModel(long seed) {
        NormalNumbers normal = new NormalNumbers(seed);
        double[] x = new double[layout.dimension()];
        for (int i = 0; i < layout.size(); i++) {
            Tensor tensor = layout.tensors().get(i);
            boolean weight = tensor.name().endsWith(".weight");
            int inputs = weight ? tensor.size() / tensor.shape().get(0) : 1;
            double deviation = Math.sqrt(2.0 / inputs);
            double filling = tensor.name().endsWith(".scale") ? 1 : 0;
            for (int j = layout.start(i); j < layout.end(i); j++) {
                x[j] = weight ? deviation * normal.next() : filling;
            }
        }
        return x;
    }

    /** Computes the classes' scores, n x classes; the result belongs to {@code arrays}. */
    NDArray scores(NDManager arrays, List<NDArray> parameters, NDArray images) {
        Forward forward = new Forward(arrays, parameters);
        NDArray h = images;
        if (halved) {
            Shape two = new Shape(2, 2);
            h = Pool.avgPool2d(h, two, two, new Shape(0, 0), false, true);
        }
        h = Activation.relu(forward.convolution(h, 1));
        for (int stage = 0; stage < STAGES; stage++) {
            for (int block = 0; block < blocks; block++) {
                h = forward.block(h, stage > 0 && block == 0);
            }
        }
        return Linear.linear(Pool.globalAvgPool2d(h), forward.next(), forward.next())
                .singletonOrThrow();
    }

    /** Takes the parameters one after the other. */
    private static final class Forward {

        private final NDManager arrays;
        private final List<NDArray> parameters;
        private int taken;

        Forward(NDManager arrays, List<NDArray> parameters) {
            this.arrays = arrays;
            this.parameters = parameters;
        }

        NDArray next() {
            return parameters.get(taken++);
        }

        NDArray block(NDArray in, boolean narrows) {
            NDArray inner = Activation.relu(convolution(in, narrows ? 2 : 1));
            NDArray outer = convolution(inner, 1);
            return Activation.relu(outer.add(narrows ? shortcut(in) : in));
        }

        /** Every second pixel, and as many channels of zeros again. */
        private NDArray shortcut(NDArray in) {
            NDArray kept = in.get(":, :, ::2, ::2");
            return kept.concat(arrays.zeros(kept.getShape(), kept.getDataType()), 1);
        }

        NDArray convolution(NDArray in, int stride) {
            NDList out = Conv2d.conv2d(in, next(), null, new Shape(stride, stride), new Shape(1, 1));
            NDArray convolved = out.singletonOrThrow();
            Shape channels = new Shape(convolved.getShape().get(1));
            NDArray mean = arrays.zeros(channels);
            NDArray variance = arrays.ones(channels);
            return BatchNorm.batchNorm(convolved, mean, variance, next(), next(), 1, 0.9f, EPSILON, true)
                    .singletonOrThrow();
        }
    }
}
