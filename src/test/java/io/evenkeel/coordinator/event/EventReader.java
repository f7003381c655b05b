package io.evenkeel.coordinator.event;

import static io.evenkeel.coordinator.testing.Eventually.eventually;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of events like a browser, on a separate thread. */
final class EventReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<Event> received = new ArrayList<>();
    private final AtomicInteger comments = new AtomicInteger();
    final HttpResponse<InputStream> response;
    private final Future<?> reading;

    record Event(String id, String type, Map<?, ?> data) {}

    EventReader(String endpoint, String run, String query, String token, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(endpoint + "/api/v1/runs/" + run + "/events" + query))
                .header("Authorization", "Bearer " + token)
                .header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        var thread = Executors.newSingleThreadExecutor(work -> {
            Thread reader = new Thread(work, "event-reader");
            reader.setDaemon(true);
            return reader;
        });
        reading = thread.submit(this::read);
        thread.shutdown();
    }

    private void read() {
        Event event = new Event("", "message", Map.of());
        try (var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.equals(":")) {
                    comments.incrementAndGet();
                } else if (line.startsWith("id:")) {
                    event = new Event(line.substring(3).strip(), event.type(), event.data());
                } else if (line.startsWith("event:")) {
                    event = new Event(event.id(), line.substring(6).strip(), event.data());
                } else if (line.startsWith("data:")) {
                    event = new Event(event.id(), event.type(), JSON.readValue(line.substring(5), Map.class));
                } else if (line.isEmpty() && !event.data().isEmpty()) {
                    add(event);
                    event = new Event(event.id(), "message", Map.of());
                }
            }
        } catch (IOException e) {
            LOG.debug("The connection broke, or the test closed it", e);
        }
    }

    private synchronized void add(Event event) {
        received.add(event);
    }

    /** Returns the events received so far. */
    synchronized List<Event> events() {
        return List.copyOf(received);
    }

    private synchronized boolean hasEvent(Predicate<Event> condition) {
        return received.stream().anyMatch(condition);
    }

    int comments() {
        return comments.get();
    }

    /** Waits until an event satisfies a condition, and returns it. */
    Event await(Predicate<Event> condition) {
        eventually().until(() -> hasEvent(condition));
        return events().stream().filter(condition).findFirst().orElseThrow();
    }

    Event await(String type) {
        return await(event -> event.type().equals(type));
    }

    /** Returns the types received so far, without the counts. */
    List<String> types() {
        return events().stream()
                .map(Event::type)
                .filter(type -> !type.equals("progress") && !type.equals("refusals"))
                .toList();
    }

    void awaitEnd() {
        eventually().until(this::hasEnded);
    }

    boolean hasEnded() {
        return reading.isDone();
    }

    synchronized String lastId() {
        return received.get(received.size() - 1).id();
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
