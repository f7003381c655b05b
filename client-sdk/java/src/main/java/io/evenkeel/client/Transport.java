package io.evenkeel.client;

import java.io.IOException;

/** Carries one request at a time to the coordinator and its answer back. Knows nothing of what they mean. */
public interface Transport extends AutoCloseable {

    /**
     * Sends the request and waits for the whole answer. If the request's first line was handed on, an answer that then breaks off is
     * what there was of it up to that line's end.
     *
     * @throws IOException if there was none: no connection, too long a silence, or {@link #abort()}; the request may have arrived or not
     * @throws io.evenkeel.client.EvenkeelException if the answer is longer than the request allows
     */
    Response exchange(Request request) throws IOException, InterruptedException;

    /** Ends the exchange under way and all later ones with an {@link IOException}. For any thread. */
    void abort();

    @Override
    void close();
}
