package io.evenkeel.testkit.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** An answer on its way to a device: what is there of it, and where the rest comes from. Not thread-safe. */
final class ProxiedResponse implements AutoCloseable {

    private final HttpText begun;
    private final InputStream rest;
    private final Closeable link;
    private boolean cut;

    /**
     * @param begun the answer, or its first line
     * @param rest the stream it came from
     * @param link closes that
     */
    ProxiedResponse(HttpText begun, InputStream rest, Closeable link) {
        this.begun = begun;
        this.rest = rest;
        this.link = link;
    }

    /** Has the answer, and the connection to the device, end with what is there. */
    ProxiedResponse cut() {
        cut = true;
        return this;
    }

    /** Passes all of it on, each piece as it comes; tells whether the connection to the device stays. */
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
