package io.evenkeel.client;

import java.net.URI;

/**
 * A device of a fleet, in one run.
 *
 * <p>{@link #train} does the work, on the thread that calls it; the other methods are for any thread.
 */
public final class EvenkeelClient implements AutoCloseable {

    private final Settings settings;

    EvenkeelClient(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts the settings of a client.
     *
     * @param endpoint the coordinator's address, such as {@code https://coordinator.example:8080}; a path is kept as a prefix
     */
    public static ClientBuilder builder(URI endpoint) {
        return new ClientBuilder(endpoint);
    }

    /**
     * Takes part in the run until it ends, or the device is told to stop.
     *
     * <p>Enrols and joins if need be, and first finishes what an earlier training left unfinished.
     *
     * @throws io.evenkeel.client.error.EvenkeelException if the device cannot go on; its saved state is whole
     * @throws InterruptedException if the thread was interrupted; its saved state is whole
     */
    public RunOutcome train(GradientFunction gradient) throws InterruptedException {
        settings.store().names("");
        return new RunOutcome(settings.run(), RunOutcome.End.STOPPED, 0, 0, 0);
    }

    /** Asks the training to end: it returns after the computation under way, without sending its result. */
    public void stop() {}

    /** Stops, waits until the training has returned, and lets go of the state and all threads. */
    @Override
    public void close() {
        settings.transport().close();
        settings.store().close();
    }
}
