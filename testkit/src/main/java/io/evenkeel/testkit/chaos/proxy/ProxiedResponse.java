package io.evenkeel.testkit.chaos.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A response in the proxy: the part that has arrived, and the stream with the rest. Not thread-safe. */
final class ProxiedResponse implements AutoCloseable {

    private final HttpText begun;
    private final InputStream rest;
    private final Closeable link;
    private boolean cut;

    /**
     * @param begun the response, or its first line
     * @param rest the stream with the rest
     * @param link closes the stream
     */
    ProxiedResponse(HttpText begun, InputStream rest, Closeable link) {
        this.begun = begun;
        this.rest = rest;
        this.link = link;
    }

    /** Cuts the response and the connection to the device after the part that has arrived. */
    ProxiedResponse cut() {
        cut = true;
        return this;
    }

    /**
     * Forwards the whole response, each piece as it arrives; returns whether the connection to the device stays open.
     */
    boolean writeTo(OutputStream out) throws IOException {
        out.write(begun.raw());
        out.flush();
        if (!cut && !begun.isWhole()) {
            HttpText.passRest(rest, out);
        }
        return !cut;
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
