package io.evenkeel.trial.loss;

import io.evenkeel.trial.sparse.Labelled;

/**
 * Trains neural networks on images. Implementations are too large to be part of this program and are found at run time, see
 * {@link NetworkEngines}. Safe to share between threads; so are the losses, while accuracies are for one thread.
 */
public interface NetworkEngine {

    /**
     * Makes clients' losses: the mean cross entropy over their images, with a regularizer.
     *
     * @param network such as {@code resnet-20}
     * @param shards a row an image, channel by channel and each row by row, values from 0 to 1; square, of one channel or three
     * @param labels those there are, ascending; the place of one among them is its class
     * @throws IllegalArgumentException if the rows are no such images
     */
    ClientLosses losses(String network, Sharded shards, double[] labels, Regularizer regularizer);

    /**
     * Makes an accuracy on held-out images.
     *
     * @throws IllegalArgumentException if the rows are no such images
     */
    Quality heldOut(String network, Labelled images, double[] labels);
}
