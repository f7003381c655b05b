package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.engine.problem.ProblemKind;
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
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Caches the bodies of downloads as temporary files. A whole fleet may request the same model within seconds.
 * The body is prepared once, and sent from the file to each device without passing through the heap. The
 * total size is limited; the least recently used bodies are deleted first. Thread-safe.
 */
@Component
public class PreparedBodies implements DisposableBean {

    private static final long MAX_BYTES = 1L << 30;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final FailureLog failures;
    private @Nullable Path folder;
    private long total;

    PreparedBodies(FailureLog failures) {
        this.failures = failures;
    }

    /**
     * Identifies a body.
     *
     * @param of the unique name of the subject, such as a run or a version of a registered model
     * @param round the round of the subject, 0 if it has no rounds
     * @param form the media type and number type, or another name of the encoding
     */
    public record Key(String of, int round, String form) {}

    /**
     * A prepared body.
     *
     * @param file the file that contains it
     * @param size its size in bytes
     */
    public record Body(Path file, long size) {}

    /** Writes a body. */
    @FunctionalInterface
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A body, which is prepared under this object's lock; null until then. */
    private static final class Entry {
        @Nullable
        Body body;

        boolean dropped;
    }

    /**
     * Returns a body, preparing it if necessary; if another thread is preparing it, waits for that thread.
     */
    public Body get(Key key, Writer writer) {
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
            failures.warn("A download could not be prepared in the folder for temporary files", e);
            throw ProblemKind.STORAGE_UNAVAILABLE
                    .because(
                            "there is no space to prepare the download, or the folder for temporary files cannot be"
                                    + " written",
                            "try again after the time in Retry-After; see the coordinator's log for details")
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

    /**
     * Adds the size of a new body, and deletes the least recently used bodies while the total is too large.
     * Never deletes the new body.
     */
    private synchronized void count(long bytes) {
        total += bytes;
        Iterator<Entry> oldestFirst = entries.values().iterator();
        int left = entries.size();
        while (total > MAX_BYTES && left-- > 1 && oldestFirst.hasNext()) {
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
            // The file is temporary, and destroy() tries to delete it again.
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
