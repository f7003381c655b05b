package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.ByteSemaphore;
import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.core.wire.Message;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Commits messages that arrive together in one transaction with one sync of the disk, which costs far more than a message's
 * rows.
 *
 * <p>One thread takes what has gathered while it wrote the last batch; a single message does not wait. The queue is bounded in
 * messages and in bytes. A request that finds it full waits for a moment on its thread before its body is read, and then gets
 * 503 with Retry-After. Thread-safe.
 */
@Component
public class GroupCommit implements InitializingBean, DisposableBean, MeterBinder {

    private static final int MAX_BATCH = 256;
    private static final int MAX_WAITING = 16_384;

    /** The part of its share of the heap that messages and their requests take: three quarters. */
    private static final int QUARTERS = 3;

    /**
     * A batch takes an eighth of the share at most. H2 has a transaction's pages in memory until its commit, and once more in the
     * buffers that it writes them from: together the last quarter of the share.
     */
    private static final int BATCHES_IN_SHARE = 8;

    private static final long MAX_BATCH_BYTES = 64L << 20;

    private static final long MAX_POLL_MILLIS = 100;

    /** Beyond it a device does better to come back than to wait, with its body in the coordinator's memory. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private static final Duration MAX_ABSENCE = Duration.ofSeconds(30);

    /** For room: at most as many wait for it as there are web threads. */
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(2);

    private final BatchAcceptance acceptance;
    private final DecodedMessageCache decodedMessages;
    private final ApplicationEventPublisher events;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final ByteSemaphore room;
    private final long bytesAtOnce;
    private final Thread writer = new Thread(this::writeUntilStopped, "group-commit");
    private final CommitRate speed = new CommitRate(MAX_BATCH);
    private final LongAdder batches = new LongAdder();
    private final LongAdder written = new LongAdder();
    private volatile boolean stopped;

    GroupCommit(
            BatchAcceptance acceptance,
            DecodedMessageCache decodedMessages,
            HeapBudget budget,
            ApplicationEventPublisher events) {
        long share = budget.of(HeapBudget.Share.GROUP_COMMIT);
        this.room = new ByteSemaphore(share / 4 * QUARTERS);
        this.bytesAtOnce = Math.min(MAX_BATCH_BYTES, share / BATCHES_IN_SHARE);
        this.acceptance = acceptance;
        this.decodedMessages = decodedMessages;
        this.events = events;
    }

    @Override
    public void afterPropertiesSet() {
        writer.start();
    }

    /**
     * A message that waits.
     *
     * @param submission the message
     * @param decoded as it was decoded, if there is room to keep that
     * @param outcome what becomes of it
     */
    private record Waiting(
            Submission submission, @Nullable Message decoded, CompletableFuture<BatchAcceptance.Outcome> outcome) {

        long bytes() {
            return submission.bytes().length;
        }

        long held() {
            return bytes() + PendingResponse.REQUEST_BYTES;
        }
    }

    /**
     * Hands a message over, once there is room for it.
     *
     * @return completes with the outcome, or exceptionally if the database failed
     * @throws ProblemException {@code busy} if too many wait
     */
    public CompletableFuture<BatchAcceptance.Outcome> submit(Submission submission) {
        Message decoded = submission.takeDecoded();
        Waiting waiting =
                new Waiting(submission, decodedMessages.reserve(decoded) ? decoded : null, new CompletableFuture<>());
        if (!room.take(waiting.held(), QUEUE_TIMEOUT)) {
            release(waiting);
            throw full();
        }
        if (stopped || !queue.offer(waiting)) {
            room.giveBack(waiting.held());
            release(waiting);
            throw full();
        }
        return waiting.outcome();
    }

    /**
     * Waits for room before a message is read, when it takes no memory yet; refuses it then, before it is read and decoded for
     * nothing, if there is none, or if it would wait too long behind others.
     *
     * @throws ProblemException {@code busy}
     */
    void requireRoom() {
        boolean tooLong = queue.size() >= MAX_BATCH && expectedWait().compareTo(MAX_WAIT) > 0;
        if (tooLong || queue.remainingCapacity() == 0 || !room.awaitAny(QUEUE_TIMEOUT)) {
            throw full();
        }
    }

    private Duration expectedWait() {
        return speed.waitBehind(queue.size());
    }

    private ProblemException full() {
        Duration wait = expectedWait();
        return ProblemKind.BUSY
                .because(
                        "more messages wait to be written than the coordinator holds in memory, or can write in "
                                + MAX_WAIT.toSeconds() + " s",
                        "send the same message again after the time in Retry-After")
                .retryAfter(wait.compareTo(MAX_ABSENCE) > 0 ? MAX_ABSENCE : wait.plusSeconds(1));
    }

    private void writeUntilStopped() {
        while (!stopped || !queue.isEmpty()) {
            List<Waiting> batch = new ArrayList<>();
            try {
                Waiting first = queue.poll(MAX_POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (first != null) {
                    gather(batch, first);
                }
            } catch (InterruptedException e) {
                // No code interrupts this thread, and stopping it would leave requests without a response.
                continue;
            }
            write(batch);
        }
    }

    private void gather(List<Waiting> batch, Waiting first) {
        Waiting next = first;
        long bytes = 0;
        while (next != null) {
            batch.add(next);
            bytes += next.bytes();
            next = batch.size() < MAX_BATCH && bytes < bytesAtOnce ? queue.poll() : null;
        }
    }

    private void write(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        batches.increment();
        written.add(batch.size());
        long start = System.nanoTime();
        try {
            List<BatchAcceptance.Outcome> outcomes =
                    acceptance.decide(batch.stream().map(Waiting::submission).toList());
            for (int i = 0; i < batch.size(); i++) {
                keepOrRelease(batch.get(i), outcomes.get(i));
            }
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).outcome().complete(outcomes.get(i));
            }
            announce(batch, outcomes);
        } catch (RuntimeException | Error e) {
            for (Waiting waiting : batch) {
                if (waiting.outcome().completeExceptionally(e)) {
                    release(waiting);
                }
            }
        } finally {
            speed.note(System.nanoTime() - start);
            batch.forEach(waiting -> room.giveBack(waiting.held()));
        }
    }

    private void keepOrRelease(Waiting waiting, BatchAcceptance.Outcome outcome) {
        if (waiting.decoded() != null && outcome.isNew()) {
            Submission submission = waiting.submission();
            decodedMessages.keep(submission.run(), outcome.orThrow().receipt(), submission.digest(), waiting.decoded());
        } else {
            release(waiting);
        }
    }

    private void release(Waiting waiting) {
        if (waiting.decoded() != null) {
            decodedMessages.release(waiting.decoded());
        }
    }

    private void announce(List<Waiting> batch, List<BatchAcceptance.Outcome> outcomes) {
        Set<Long> runs = new HashSet<>();
        for (int i = 0; i < batch.size(); i++) {
            if (outcomes.get(i).isNew()) {
                runs.add(batch.get(i).submission().run());
            }
        }
        runs.forEach(run -> events.publishEvent(new RunChanged(run)));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.group.commit.queue.messages", queue, Collection::size)
                .description("Messages that wait to be written")
                .register(registry);
        Gauge.builder("evenkeel.group.commit.queue", room, ByteSemaphore::taken)
                .baseUnit(BaseUnits.BYTES)
                .description(
                        "Bytes of the messages that wait to be written or are being written, and of their requests")
                .register(registry);
        FunctionCounter.builder("evenkeel.group.commit.batches", batches, LongAdder::sum)
                .description("Transactions that messages were decided in")
                .register(registry);
        FunctionCounter.builder("evenkeel.group.commit.messages", written, LongAdder::sum)
                .description("Messages decided on; over the batches, how many share a transaction")
                .register(registry);
    }

    /** Answers everybody who waits, then stops. Interrupts nothing: H2 closes its file if a thread is interrupted in a write. */
    @Override
    public void destroy() throws InterruptedException {
        stopped = true;
        writer.join();
    }
}
