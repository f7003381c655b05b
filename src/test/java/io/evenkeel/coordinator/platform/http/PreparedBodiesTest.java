package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.engine.problem.ProblemException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreparedBodiesTest {

    private static final PreparedBodies.Key KEY = new PreparedBodies.Key("run 1", 2, "raw");

    private final PreparedBodies bodies =
            new PreparedBodies(new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()));

    @AfterEach
    void removesItsFiles() throws IOException {
        bodies.destroy();
    }

    @Test
    void concurrentRequestsPrepareABodyOnce() throws Exception {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(100);
        ExecutorService threads = Executors.newFixedThreadPool(100);
        List<Future<PreparedBodies.Body>> asked = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            asked.add(threads.submit(() -> {
                all.countDown();
                all.await();
                return bodies.get(KEY, out -> {
                    made.incrementAndGet();
                    out.write(new byte[] {1, 2, 3});
                });
            }));
        }
        for (Future<PreparedBodies.Body> body : asked) {
            assertThat(Files.readAllBytes(body.get().file())).containsExactly(1, 2, 3);
        }
        threads.shutdown();
        assertThat(made).hasValue(1);
    }

    @Test
    void aFailedPreparationIsRetriedAndLeavesNoFile() throws IOException {
        assertThatThrownBy(() -> bodies.get(KEY, out -> {
                    out.write(1);
                    throw new IOException("no space left on device");
                }))
                .isInstanceOf(ProblemException.class);
        PreparedBodies.Body body = bodies.get(KEY, out -> out.write(7));
        assertThat(Files.readAllBytes(body.file())).containsExactly(7);
        try (var files = Files.list(body.file().resolveSibling(""))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void areDeletedWhenTheCoordinatorStops() throws IOException {
        PreparedBodies.Body body = bodies.get(KEY, out -> out.write(7));
        bodies.destroy();
        assertThat(body.file().getParent()).doesNotExist();
    }
}
