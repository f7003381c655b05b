package io.evenkeel.coordinator.world;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.util.ReflectionTestUtils;

/**
 * A coordinator that does nothing by itself. A call triggers each request, each check of the rounds and each piece of
 * background work, and returns once it is complete. The coordinator uses the world's clock and database.
 */
final class WorldCoordinator implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A request that takes longer counts as hanging. */
    private static final Duration HANGS = Duration.ofMinutes(2);

    private final UnreliableDatabase database = new UnreliableDatabase();
    private final ConfigurableApplicationContext context;
    private final SortedMap<String, BackgroundWork> background = new TreeMap<>();
    private final String endpoint;

    /**
     * Starts a coordinator.
     *
     * @param objects its object store, which holds all values, even short ones
     * @param passed the time elapsed in the world
     * @param ahead the offset of the machine's clock from that time
     */
    WorldCoordinator(String url, WorldObjects objects, Duration passed, Duration ahead) {
        SpringApplicationBuilder starting = new SpringApplicationBuilder(CoordinatorApplication.class);
        SpringApplication application = starting.application();
        // This listener would configure the JVM's only Logback while another world's coordinator starts or stops.
        application.setListeners(application.getListeners().stream()
                .filter(listener -> !(listener instanceof LoggingApplicationListener))
                .toList());
        context = starting.logStartupInfo(false)
                .initializers(empty -> {
                    empty.getBeanFactory().addBeanPostProcessor(database);
                    empty.getBeanFactory().addBeanPostProcessor(objects.of(database::isKilled));
                    empty.getBeanFactory().addBeanPostProcessor(new SetClock(passed, ahead));
                })
                .run(
                        "--spring.datasource.url=" + url,
                        "--spring.datasource.generate-unique-name=false",
                        "--spring.main.register-shutdown-hook=false",
                        "--spring.datasource.username=" + (url.contains("postgres") ? "postgres" : "sa"),
                        "--evenkeel.metrics.refresh=0",
                        // Only the world expires leases.
                        "--evenkeel.lease.duration=1h",
                        "--evenkeel.storage.inline=0",
                        // With these settings, even a short run has compaction, deleted checkpoints and outdated
                        // replicas.
                        "--evenkeel.rounds.checkpoint-every=2",
                        "--evenkeel.retention.checkpoints=1",
                        "--evenkeel.retention.compaction-messages=2",
                        "--evenkeel.retention.compaction-bytes-per-parameter=0",
                        "--evenkeel.retention.updates=2",
                        "--evenkeel.retention.receipts=2",
                        "--evenkeel.operator-token=" + CoordinatorTest.OPERATOR_TOKEN,
                        "--server.port=0");
        endpoint = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
        for (BackgroundWork work : context.getBeansOfType(BackgroundWork.class).values()) {
            work.stop();
            // Otherwise its work would end at once.
            ReflectionTestUtils.setField(work, "stopping", new CountDownLatch(1));
            if (!Duration.ZERO.equals(ReflectionTestUtils.getField(work, "period"))) {
                background.put(work.getClass().getSimpleName(), work);
            }
        }
    }

    /** Sets the coordinator's clock before anything reads it. */
    private record SetClock(Duration passed, Duration ahead) implements BeanPostProcessor {

        @Override
        public Object postProcessBeforeInitialization(Object bean, String name) {
            if (bean instanceof TurnedClock clock) {
                clock.advance(passed);
                clock.jump(ahead);
            }
            return bean;
        }
    }

    TurnedClock clock() {
        return context.getBean(TurnedClock.class);
    }

    UnreliableDatabase database() {
        return database;
    }

    JdbcTemplate jdbc() {
        return context.getBean(JdbcTemplate.class);
    }

    String endpoint() {
        return endpoint;
    }

    boolean isKilled() {
        return database.isKilled();
    }

    /**
     * Answers a device's request at once, regardless of the wait that it requests.
     *
     * @param pause the pause in seconds for a device without work, in place of the coordinator's random one
     * @return the response; empty if the process was killed before it could answer
     */
    Optional<Response> answer(Request request, int pause) {
        if (isKilled()) {
            return Optional.empty();
        }
        String path = request.uri().toString().replaceFirst("^http://coordinator", endpoint);
        HttpRequest.Builder sent = HttpRequest.newBuilder(
                        URI.create(path.replaceFirst("([?&])wait=[^&]*&?", "$1").replaceFirst("[?&]$", "")))
                .timeout(HANGS);
        request.headers().forEach(sent::header);
        byte[] body = request.body();
        sent.method(request.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        try {
            HttpResponse<byte[]> got = HTTP.send(sent.build(), BodyHandlers.ofByteArray());
            Map<String, List<String>> headers = new HashMap<>(got.headers().map());
            if (got.statusCode() == 204) {
                headers.computeIfPresent("retry-after", (name, drawn) -> List.of(Integer.toString(pause)));
            }
            return isKilled() ? Optional.empty() : Optional.of(new Response(got.statusCode(), headers, got.body()));
        } catch (IOException e) {
            throw new AssertionError(request + " has no answer", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checks all rounds, as the coordinator does every second and after each message. */
    void tick() {
        if (!isKilled()) {
            context.getBean(RoundScheduler.class).tick();
        }
    }

    /** Returns the names of this coordinator's background work. */
    List<String> background() {
        return List.copyOf(background.keySet());
    }

    /** Runs a piece of background work once. */
    void work(String name) {
        if (!isKilled()) {
            Object unused = ReflectionTestUtils.invokeMethod(Objects.requireNonNull(background.get(name)), "work");
        }
    }

    /** Kills the process: its later writes do not reach the database. */
    @Override
    public void close() {
        database.kill();
        context.close();
    }
}
