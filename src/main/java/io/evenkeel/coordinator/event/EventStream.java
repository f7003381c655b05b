package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.run.RunRules;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * One reader of a run's events. It keeps a position in the recorded events instead of a queue, so a slow
 * reader uses no memory: missing events are read from the database when the reader is ready. At most one
 * thread at a time writes to it.
 */
final class EventStream {

    private static final String RETRY = "retry";
    private static final long RECONNECT_MILLIS = 2000;

    final SseEmitter emitter = new SseEmitter(0L);
    final long run;
    final String reader;
    final String authorization;
    private final RunRules rules;
    private final AtomicBoolean writing = new AtomicBoolean();
    private final boolean resumes;
    private volatile boolean begun;
    private volatile long position;
    private volatile long beatAt;
    private volatile @Nullable ProgressData progress;
    private volatile @Nullable Map<String, Long> refused;

    /**
     * @param reader the reader's name
     * @param authorization the reader's Authorization header, to check that the credentials are still valid
     * @param resumes whether the reader gave the position; if so, the stream reports whether events after it
     *     are missing
     */
    EventStream(long run, RunRules rules, String reader, String authorization, long position, boolean resumes) {
        this.run = run;
        this.rules = rules;
        this.reader = reader;
        this.authorization = authorization;
        this.position = position;
        this.resumes = resumes;
    }

    /** Acquires the right to write; returns false if another thread has it. */
    boolean begin() {
        return writing.compareAndSet(false, true);
    }

    void end() {
        writing.set(false);
    }

    /** Returns whether there is something to send. */
    boolean isBehind(RunNews.Snapshot news) {
        return !begun
                || position != news.run().events()
                || !ProgressData.of(news.run(), news.stalled(), rules).equals(progress)
                || !news.refused().equals(refused);
    }

    /** Returns whether the last heartbeat is older than a number of nanoseconds. */
    boolean isBeatDue(long nanos) {
        return System.nanoTime() - beatAt > nanos;
    }

    /**
     * Sends all events up to a snapshot.
     *
     * @throws IOException if the reader has disconnected
     */
    void send(RunNews.Snapshot news, RunNews source) throws IOException {
        if (!begun) {
            sendFirst(news, source);
        }
        while (position < news.run().events()) {
            List<RunNews.Item> items = source.after(run, position);
            for (RunNews.Item item : items) {
                send(SseEmitter.event().name(item.type().text()), item.sequence(), item.data());
            }
            if (items.size() < RunNews.BATCH) {
                break;
            }
        }
        sendState(news);
    }

    private void sendFirst(RunNews.Snapshot news, RunNews source) throws IOException {
        long newest = news.run().events();
        if (resumes && source.isMissed(run, position, newest)) {
            long asked = position;
            position = newest;
            send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS).name("missed"), newest, Map.of("after", asked));
        } else {
            emitter.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS).comment(RETRY));
        }
        begun = true;
    }

    /** Sends the counts, which have no position in the stream: a reader that reconnects gets the newest. */
    private void sendState(RunNews.Snapshot news) throws IOException {
        ProgressData now = ProgressData.of(news.run(), news.stalled(), rules);
        if (!now.equals(progress)) {
            send(SseEmitter.event().name("progress"), position, now);
            progress = now;
        }
        if (!news.refused().equals(refused)) {
            if (refused != null || !news.refused().isEmpty()) {
                send(SseEmitter.event().name("refusals"), position, news.refused());
            }
            refused = news.refused();
        }
    }

    private void send(SseEventBuilder event, long id, Object data) throws IOException {
        emitter.send(event.id(Long.toString(id)).data(data, MediaType.APPLICATION_JSON));
        position = id;
    }

    /** Sends a comment, which readers ignore, to show both sides that the connection is alive. */
    void beat() throws IOException {
        emitter.send(SseEmitter.event().comment(""));
        beatAt = System.nanoTime();
    }
}
