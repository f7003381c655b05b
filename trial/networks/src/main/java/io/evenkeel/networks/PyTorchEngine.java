package io.evenkeel.networks;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import io.evenkeel.trial.loss.ClientLosses;
import io.evenkeel.trial.loss.NetworkEngine;
import io.evenkeel.trial.loss.Quality;
import io.evenkeel.trial.loss.Regularizer;
import io.evenkeel.trial.loss.Sharded;
import io.evenkeel.trial.sparse.Labelled;

/** Residual networks on PyTorch, each gradient on the thread that asks for it: the pilot computes several at a time already. */
public final class PyTorchEngine implements NetworkEngine {

    private final NDManager arrays;

    /** Loads PyTorch's libraries, which takes a few seconds. Nothing is fetched and nobody is told. */
    public PyTorchEngine() {
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // DJL looks for its engines by way of the thread's class loader, and its jars are in ours.
        thread.setContextClassLoader(PyTorchEngine.class.getClassLoader());
        try {
            arrays = Engine.getEngine("PyTorch").newBaseManager();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public ClientLosses losses(String network, Sharded shards, double[] labels, Regularizer regularizer) {
        Images images = Images.of(shards.data(), labels);
        return new NetworkLoss(
                new Trainer(arrays, ResNet.parse(network, images.shape(), labels.length)), images, shards, regularizer);
    }

    @Override
    public Quality heldOut(String network, Labelled held, double[] labels) {
        Images images = Images.of(held, labels);
        Trainer trainer = new Trainer(arrays, ResNet.parse(network, images.shape(), labels.length));
        return x -> trainer.accuracy(x, images);
    }
}
