package io.evenkeel.coordinator.platform.background;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BackgroundWorkTest {

    private static final Duration OFTEN = Duration.ofMillis(1);

    private final AtomicInteger done = new AtomicInteger();
    private BackgroundWork work = new Work(OFTEN, done::incrementAndGet);

    private static class Work extends BackgroundWork {

        private final Runnable once;

        Work(Duration period, Runnable once) {
            super("example", period, new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry()));
            this.once = once;
        }

        @Override
        protected void work() {
            once.run();
        }

        @Override
        protected Duration stopTimeout() {
            return Duration.ofHours(1);
        }
    }

    @AfterEach
    void stop() {
        work.stop();
    }

    @Test
    void isRepeatedFromTheStartToTheStopAndAfterAnotherStart() {
        work.start();
        eventually().until(() -> done.get() > 2);
        work.stop();
        assertThat(work.isRunning()).isFalse();
        int before = done.get();

        work.start();
        assertThat(work.isRunning()).isTrue();
        eventually().until(() -> done.get() > before + 2);
    }

    @Test
    void stopWaitsForWorkInProgressAndDoesNotInterruptIt() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        work = new Work(OFTEN, () -> {
            begun.countDown();
            awaitUninterrupted(mayEnd);
            ended.set(true);
        });
        work.start();
        begun.await();
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(work::stop);
        eventually().until(() -> !work.isRunning());
        assertThat(stopped).isNotDone();

        mayEnd.countDown();
        stopped.join();
        assertThat(ended).isTrue();
    }

    @Test
    void isRepeatedAfterAFailureAndTheLogHasOneTrace() {
        Logger logger = (Logger) LoggerFactory.getLogger(FailureLog.class);
        ListAppender<ILoggingEvent> written = new ListAppender<>();
        written.start();
        logger.addAppender(written);
        // A Spring context of another test may have changed the level.
        logger.setLevel(Level.INFO);
        try {
            work = new Work(OFTEN, () -> {
                done.incrementAndGet();
                throw new IllegalStateException("no luck");
            });
            work.start();
            eventually().until(() -> done.get() > 20);
            work.stop();
        } finally {
            logger.detachAppender(written);
            logger.setLevel(null);
        }

        assertThat(written.list.get(0).getFormattedMessage()).startsWith("Background work 'example' failed");
        assertThat(written.list)
                .filteredOn(event -> event.getThrowableProxy() != null)
                .hasSize(1);
    }

    @Test
    void stopEndsEndlessSteps() {
        AtomicInteger passes = new AtomicInteger();
        work = new Work(OFTEN, () -> {
            work.repeatWithRests(() -> done.incrementAndGet() > 0);
            passes.incrementAndGet();
        });
        work.start();
        eventually().until(() -> done.get() > 2);
        assertThat(passes).hasValue(0);
        work.stop();
        assertThat(passes).hasValue(1);
    }

    @Test
    void acceptsTasksOnlyWhileItIsStarted() {
        work = new Work(Duration.ZERO, done::incrementAndGet);
        work.execute(done::incrementAndGet);
        work.start();
        AtomicBoolean taken = new AtomicBoolean();
        work.execute(() -> taken.set(true));
        work.stop();
        work.execute(done::incrementAndGet);

        assertThat(taken).isTrue();
        assertThat(done).hasValue(0);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("background work was interrupted", e);
        }
    }
}
