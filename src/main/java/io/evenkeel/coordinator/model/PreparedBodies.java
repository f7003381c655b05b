package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.platform.problem.Problem;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Bodies served lately, as temporary files: a whole fleet asks for the same model within seconds, and then it is prepared once, and
 * goes from the file to each device without passing through the heap. Bounded by bytes; what was used longest ago goes first.
 * Thread-safe.
 */
@Component
class PreparedBodies implements DisposableBean {

    private static final long MOST_BYTES = 1L << 30;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(PreparedBodies.class);

    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable Path folder;
    private long total;

    /**
     * Which body.
     *
     * @param run the run's key
     * @param round the model's round
     * @param form the media type and number type, or another name for how it is encoded
     */
    record Key(long run, int round, String form) {}

    /**
     * A body ready to be sent.
     *
     * @param file where it is
     * @param size its bytes
     */
    record Body(Path file, long size) {}

    /** Makes a body. */
    @FunctionalInterface
    interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** The lock of a body's preparation, and the body once it is there. */
    private static final class Entry {
        @Nullable
        Body body;

        boolean dropped;
    }

    /** Returns a body; whoever asks for one that is being prepared waits for it. */
    Body get(Key key, Writer writer) {
        while (true) {
            Entry entry = entry(key);
            synchronized (entry) {
                if (!entry.dropped) {
                    Body body = entry.body;
                    if (body == null) {
                        body = prepare(writer);
                        entry.body = body;
                        count(body.size());
                    }
                    return body;
                }
            }
        }
    }

    private synchronized Entry entry(Key key) {
        return entries.computeIfAbsent(key, unprepared -> new Entry());
    }

    private Body prepare(Writer writer) {
        try {
            Path file = Files.createTempFile(folder(), "body-", "");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
                writer.writeTo(out);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
            return new Body(file, Files.size(file));
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("A download could not be prepared in the folder for temporary files", e);
            throw Problem.STORAGE_UNAVAILABLE
                    .because(
                            "there is no room to prepare the download, or the folder for temporary files cannot be written",
                            "try again after the time in Retry-After; the coordinator's log says more")
                    .retryAfter(AFTER_FAILURE);
        }
    }

    private synchronized Path folder() throws IOException {
        Path made = folder;
        if (made == null) {
            made = Files.createTempDirectory("evenkeel-bodies-");
            folder = made;
        }
        return made;
    }

    /** Makes room by dropping what is prepared and was used longest ago; never the newest. */
    private synchronized void count(long bytes) {
        total += bytes;
        Iterator<Entry> oldestFirst = entries.values().iterator();
        int left = entries.size();
        while (total > MOST_BYTES && left-- > 1 && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            Body body = entry.body;
            if (body != null) {
                entry.dropped = true;
                oldestFirst.remove();
                total -= body.size();
                delete(body.file());
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is a temporary file: what cannot be removed now goes with the folder.
            return;
        }
    }

    @Override
    public synchronized void destroy() throws IOException {
        Path made = folder;
        folder = null;
        if (made != null) {
            try (Stream<Path> files = Files.list(made)) {
                files.forEach(PreparedBodies::delete);
            }
            Files.deleteIfExists(made);
        }
    }
}
