package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdaptiveThreadPoolTest {

    private static final int FEW = 2;
    private static final int MAX_COUNT = 6;

    private final AdaptiveThreadPool threads = new AdaptiveThreadPool("test-", FEW, MAX_COUNT, Duration.ofMillis(20));
    private final CountDownLatch letGo = new CountDownLatch(1);

    @AfterEach
    void stop() {
        letGo.countDown();
        threads.stop();
    }

    private void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void hold(int count) {
        CountDownLatch held = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            threads.execute(() -> {
                held.countDown();
                await(letGo);
            });
        }
        await(held);
    }

    @Test
    void shortTasksNeedFewThreads() {
        AdaptiveThreadPool patient = new AdaptiveThreadPool("patient-", FEW, MAX_COUNT, Duration.ofMinutes(2));
        CountDownLatch done = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            patient.execute(done::countDown);
        }
        await(done);
        assertThat(patient.count()).isEqualTo(FEW);
        patient.stop();
    }

    @Test
    void blockedThreadsAddThreads() {
        hold(MAX_COUNT - 1);
        CountDownLatch done = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            threads.execute(done::countDown);
        }
        await(done);
    }

    @Test
    void neverExceedsTheMaximumAndQueuesTheRest() {
        hold(MAX_COUNT);
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(done::countDown);
        assertThat(threads.count()).isEqualTo(MAX_COUNT);
        assertThat(done.getCount()).isEqualTo(1);
        letGo.countDown();
        await(done);
    }

    @Test
    void shrinksWhenTasksAreShortAgain() {
        hold(MAX_COUNT);
        letGo.countDown();
        eventually().untilAsserted(() -> {
            CountDownLatch done = new CountDownLatch(10);
            for (int i = 0; i < 10; i++) {
                threads.execute(done::countDown);
            }
            await(done);
            assertThat(threads.count()).isEqualTo(FEW);
        });
    }
}
