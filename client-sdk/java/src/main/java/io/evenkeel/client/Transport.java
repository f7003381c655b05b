package io.evenkeel.client;

import java.io.IOException;

/**
 * Sends requests to the coordinator and returns its responses. Thread-safe: a followed model is downloaded
 * while another request waits for work.
 */
public interface Transport extends AutoCloseable {

    /**
     * Sends the request and waits for the whole response. If the first line was passed on and the response
     * then breaks off, the response consists of that line.
     *
     * @throws IOException if there was no response: no connection, a timeout, or {@link #abort()}; the request may or
     * may not have arrived
     * @throws io.evenkeel.client.EvenkeelException if the response is longer than the request allows
     */
    Response exchange(Request request) throws IOException, InterruptedException;

    /** Ends the exchanges in progress and all later ones with an {@link IOException}. May be called from any thread. */
    void abort();

    @Override
    void close();
}
