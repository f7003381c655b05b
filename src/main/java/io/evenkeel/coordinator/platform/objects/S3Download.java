package io.evenkeel.coordinator.platform.objects;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * Reads a range of an object. If the connection breaks, requests the rest; objects never change, so the parts
 * are consistent. Not thread-safe.
 */
final class S3Download extends InputStream {

    private static final Logger LOG = LoggerFactory.getLogger(S3Download.class);

    /**
     * The maximum number of further requests; more broken connections indicate a fault that another request
     * does not fix.
     */
    private static final int MAX_CONTINUATIONS = 10;

    private final ObjectRange range;
    private final LongFunction<ResponseInputStream<?>> requests;
    private ResponseInputStream<?> in;
    private long position;
    private int continuations;

    /**
     * Sends the first request.
     *
     * @param range a range of at least one byte
     * @param requests requests the object's bytes from an offset to the end of the range
     */
    S3Download(ObjectRange range, LongFunction<ResponseInputStream<?>> requests) {
        this.range = range;
        this.requests = requests;
        this.position = range.offset();
        this.in = requests.apply(position);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position < range.end()) {
            IOException broken = null;
            int count = -1;
            try {
                count = in.read(into, offset, length);
            } catch (IOException e) {
                broken = e;
            }
            if (count > 0) {
                position += count;
                return count;
            }
            proceed(broken == null ? new IOException("the connection ended early") : broken);
        }
        return -1;
    }

    /** @throws MissingObjectException if the object ends here */
    private void proceed(IOException broken) throws IOException {
        in.abort();
        if (continuations++ == MAX_CONTINUATIONS) {
            throw new IOException(
                    "the download of object " + range.name() + " broke off " + continuations
                            + " times, the last time at byte " + position + ": " + broken.getMessage(),
                    broken);
        }
        LOG.debug("The download of object {} broke off at byte {}; continuing", range.name(), position, broken);
        in = requests.apply(position);
    }

    /**
     * Drops the connection if data remains, because reading the rest would take longer than opening a new
     * connection.
     */
    @Override
    public void close() throws IOException {
        if (position < range.end()) {
            in.abort();
        } else {
            in.close();
        }
    }
}
