package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SlowConnection;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/** Responses of suspended requests are not queued behind requests. */
@CoordinatorTest
@TestPropertySource(
        properties = {"server.tomcat.threads.max=" + ResponseWriterTest.THREADS, "server.tomcat.threads.min-spare=1"})
@Import(ResponseWriterTest.Hold.class)
@OnlyInCi
class ResponseWriterTest {

    static final int THREADS = 3;

    private static final String HELD_PATH = "/held";
    private static final CountDownLatch HELD = new CountDownLatch(THREADS);
    private static final CountDownLatch LET_GO = new CountDownLatch(1);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    @Autowired
    private WaitingDevices waiting;

    /** Holds the threads of requests for {@link #HELD_PATH}. */
    @TestConfiguration
    static class Hold {

        @Bean
        FilterRegistrationBean<Filter> holdingFilter() {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
                HELD.countDown();
                try {
                    LET_GO.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            registration.addUrlPatterns(HELD_PATH);
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return registration;
        }
    }

    private final List<SlowConnection> holding = new ArrayList<>();

    @AfterEach
    void letGo() throws IOException {
        LET_GO.countDown();
        for (SlowConnection connection : holding) {
            connection.close();
        }
    }

    @Test
    void writesResponsesWhileRequestsHoldAllThreads() throws Exception {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1);
        CompletableFuture<Reply> answer = scene.devices.get(0).waitForTask(-1);
        eventually().until(() -> waiting.count() == 1);
        byte[] held = ("GET " + HELD_PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < THREADS; i++) {
            holding.add(new SlowConnection(URI.create(api.endpoint()).getPort(), held));
        }
        HELD.await();

        clock.advance(TestDevice.LONGER_THAN_ANYBODY_WAITS);
        heartbeat.tick();

        assertThat(answer.join().status()).isEqualTo(204);
        assertThat(LET_GO.getCount()).isEqualTo(1);
    }
}
