package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.security.CredentialCheck;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Holds the open streams and sends them events from the database, so that a stream can continue after a
 * restart or on another replica. Twice a second, a single query finds the new events of all streamed runs.
 * The number of streams is limited in total and per caller, and so is their share of the heap. Thread-safe.
 *
 * <p>Each stream with new events is written by its own thread, so a slow reader does not delay the others.
 * The web server closes the connection of a slow reader after {@code server.tomcat.connection-timeout}.
 */
@Component
class EventStreams extends BackgroundWork implements MeterBinder, DisposableBean {

    private static final Duration FULL_PAUSE = Duration.ofSeconds(10);

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    /** The number of streams of each caller. */
    private final Map<String, Integer> readers = new HashMap<>();

    private final RunNews news;
    private final CredentialCheck credentials;
    private final long heartbeat;
    private final int most;
    private final int mostOfReader;
    private final ThreadPoolTaskExecutor writers;
    private int places;
    private volatile boolean closing;

    EventStreams(
            RunNews news, CredentialCheck credentials, EventSettings settings, HeapBudget budget, FailureLog failures) {
        super("events", settings.poll(), failures);
        this.news = news;
        this.credentials = credentials;
        this.heartbeat = settings.heartbeat().toNanos();
        this.most = (int)
                Math.min(settings.streams(), budget.of(HeapBudget.Share.EVENT_STREAMS) / HeapBudget.WAITING_BYTES);
        this.mostOfReader = Math.min((most + 1) / 2, settings.streamsOfCaller());
        this.writers = newWriters(most);
    }

    private static ThreadPoolTaskExecutor newWriters(int most) {
        ThreadPoolTaskExecutor threads = new ThreadPoolTaskExecutor();
        threads.setThreadNamePrefix("event-");
        threads.setDaemon(true);
        threads.setCorePoolSize(0);
        threads.setMaxPoolSize(Math.max(1, most));
        // No queue: a stream has at most one task, and there can be a thread for each stream.
        threads.setQueueCapacity(0);
        threads.setKeepAliveSeconds(10);
        threads.initialize();
        return threads;
    }

    /**
     * Adds a stream; events are sent to it from then on.
     *
     * @throws ProblemException {@code busy} if there are too many
     */
    void open(EventStream stream) {
        if (closing) {
            throw full("this coordinator is stopping");
        }
        take(stream.reader);
        stream.emitter.onCompletion(() -> leave(stream));
        // The request ended before the stream began.
        stream.emitter.onError(gone -> leave(stream));
        streams.add(stream);
        completeIfClosing(stream);
        execute(this::look);
    }

    private synchronized void take(String reader) {
        if (readers.getOrDefault(reader, 0) >= mostOfReader) {
            throw full("these credentials hold the maximum number of event streams of one caller, " + mostOfReader);
        }
        if (places >= most) {
            throw full("this coordinator holds its maximum number of event streams, " + most);
        }
        places++;
        readers.merge(reader, 1, Integer::sum);
    }

    private static ProblemException full(String why) {
        return ProblemKind.BUSY
                .because(why, "close streams that nobody reads, or connect again after the time in Retry-After")
                .retryAfter(FULL_PAUSE);
    }

    private void leave(EventStream stream) {
        if (streams.remove(stream)) {
            synchronized (this) {
                places--;
                readers.computeIfPresent(stream.reader, (reader, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    @Override
    protected void work() {
        look();
    }

    private void look() {
        // Considers only streams that existed before the query, because its result may be too old for later
        // ones.
        List<EventStream> open = List.copyOf(streams);
        if (open.isEmpty()) {
            return;
        }
        Map<Long, RunNews.Snapshot> found =
                news.of(open.stream().map(stream -> stream.run).collect(Collectors.toSet()));
        open.forEach(stream -> {
            RunNews.Snapshot snapshot = found.get(stream.run);
            if (snapshot == null && stream.begin()) {
                // The run was deleted.
                stream.emitter.complete();
            } else if (snapshot != null && needsWriting(stream, snapshot) && stream.begin()) {
                start(stream, snapshot);
            }
        });
    }

    private void start(EventStream stream, RunNews.Snapshot snapshot) {
        try {
            writers.execute(() -> write(stream, snapshot));
        } catch (TaskRejectedException e) {
            // Every thread is busy or about to end. The next poll tries again.
            stream.end();
        }
    }

    private boolean needsWriting(EventStream stream, RunNews.Snapshot snapshot) {
        return snapshot.run().state().isOver() || stream.isBehind(snapshot) || stream.isBeatDue(heartbeat);
    }

    private void write(EventStream stream, RunNews.Snapshot snapshot) {
        try {
            if (stream.isBeatDue(heartbeat)) {
                if (!credentials.isValid(stream.authorization)) {
                    stream.emitter.complete();
                    return;
                }
                stream.beat();
            }
            stream.send(snapshot, news);
            if (snapshot.run().state().isOver()) {
                stream.emitter.complete();
            }
        } catch (IOException | IllegalStateException e) {
            // The reader has disconnected. The web server ends the request.
            leave(stream);
        } catch (RuntimeException e) {
            // For instance, the database failed. The reader reconnects and continues from its last event.
            stream.emitter.complete();
        } finally {
            stream.end();
            completeIfClosing(stream);
        }
    }

    private synchronized int count() {
        return places;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.event.streams", this, EventStreams::count)
                .description("Open streams of runs' events")
                .register(registry);
        Gauge.builder("evenkeel.event.streams.limit", () -> most)
                .description("Maximum number of event streams of this coordinator")
                .register(registry);
    }

    /**
     * Ends all streams before the web server waits for requests to finish; readers reconnect to another
     * replica.
     */
    @EventListener(ContextClosedEvent.class)
    void close() {
        closing = true;
        streams.forEach(this::completeIfClosing);
    }

    /**
     * Ends a stream unless a thread is writing to it: ending it would wait for that write, which a slow
     * reader may block.
     */
    private void completeIfClosing(EventStream stream) {
        if (closing && stream.begin()) {
            stream.emitter.complete();
        }
    }

    /** Shut down here rather than in stop(), because a paused context can be started again. */
    @Override
    public void destroy() {
        writers.shutdown();
    }
}
