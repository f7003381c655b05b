package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.message.CommitPipeline.Batch;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Commits messages that arrive together in one transaction with one disk sync, because a sync costs far more
 * than writing a message's rows.
 *
 * <p>A {@link CommitPipeline} takes the messages that arrived while it was busy; a single message does not
 * wait. Receipts are sent once the batch is durable. The queue is bounded in messages and in bytes. If it is
 * full, a request waits on its thread briefly before its body is read, and then gets 503 with Retry-After.
 * Thread-safe.
 */
@Component
public class GroupCommit implements InitializingBean, DisposableBean, MeterBinder {

    private static final int MAX_WAITING = 16_384;

    /**
     * If the expected delay is longer, a device should retry later instead of waiting with its body in the
     * coordinator's memory.
     */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private static final Duration MAX_ABSENCE = Duration.ofSeconds(30);

    /** How long to wait for space. At most one request per web thread waits. */
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(2);

    private final DecodedMessageCache decodedMessages;
    private final ApplicationEventPublisher events;
    private final BlockingQueue<QueuedMessage> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final MessageMemory memory;
    private final CommitRate speed = new CommitRate(CommitPipeline.MAX_BATCH);
    private final LongAdder batches = new LongAdder();
    private final LongAdder written = new LongAdder();
    private final CommitPipeline pipeline;
    private long lastEnd = System.nanoTime();
    private volatile boolean stopped;

    @Autowired
    GroupCommit(
            BatchAcceptance acceptance,
            DecodedMessageCache decodedMessages,
            MessageMemory memory,
            ApplicationEventPublisher events) {
        this((CommitPipeline.Steps) acceptance, decodedMessages, memory, events);
    }

    /** @param steps the steps for a batch */
    GroupCommit(
            CommitPipeline.Steps steps,
            DecodedMessageCache decodedMessages,
            MessageMemory memory,
            ApplicationEventPublisher events) {
        this.decodedMessages = decodedMessages;
        this.memory = memory;
        this.events = events;
        this.pipeline = new CommitPipeline(steps, queue, memory.maxBatch(), new Receipts());
    }

    @Override
    public void afterPropertiesSet() {
        pipeline.start();
    }

    /**
     * Queues a message, once there is space for it.
     *
     * @return a future that completes with the outcome, or exceptionally if the database failed
     * @throws ProblemException {@code busy} if too many messages are waiting
     */
    public CompletableFuture<Acceptance> submit(QueuedMessage message) {
        Message decoded = message.decoded();
        if (decoded != null && !decodedMessages.reserve(decoded)) {
            message.dropDecoded();
        }
        if (!memory.takeQueued(message.heldBytes(), QUEUE_TIMEOUT)) {
            release(message);
            throw full();
        }
        if (stopped || !queue.offer(message)) {
            memory.releaseQueued(message.heldBytes());
            release(message);
            throw full();
        }
        return message.outcome();
    }

    /**
     * Waits for space before a message is read, because the message takes no memory until then. Refuses the
     * message if there is no space, or if it would wait too long behind others.
     *
     * @throws ProblemException {@code busy}
     */
    void requireRoom() {
        boolean tooLong =
                queue.size() >= CommitPipeline.MAX_BATCH && expectedWait().compareTo(MAX_WAIT) > 0;
        if (tooLong || queue.remainingCapacity() == 0 || !memory.awaitQueue(QUEUE_TIMEOUT)) {
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

    /** Handles the pipeline's results. */
    private final class Receipts implements CommitPipeline.Results {

        @Override
        public void answer(Batch batch) {
            for (int i = 0; i < batch.messages().size(); i++) {
                keepOrRelease(batch.messages().get(i), batch.outcomes().get(i));
            }
            for (int i = 0; i < batch.messages().size(); i++) {
                batch.messages().get(i).outcome().complete(batch.outcomes().get(i));
            }
            announce(batch.messages(), batch.outcomes());
        }

        @Override
        public void fail(Batch batch, Throwable failure) {
            for (QueuedMessage message : batch.messages()) {
                if (!message.outcome().isDone()) {
                    release(message);
                    message.outcome().completeExceptionally(failure);
                }
            }
        }

        @Override
        public void end(Batch batch) {
            batches.increment();
            written.add(batch.messages().size());
            synchronized (speed) {
                long now = System.nanoTime();
                // If a batch waited for its predecessor, its time starts at the predecessor's end.
                speed.note(now - Math.max(batch.start(), lastEnd));
                lastEnd = now;
            }
            batch.messages().forEach(message -> memory.releaseQueued(message.heldBytes()));
        }
    }

    private void keepOrRelease(QueuedMessage message, Acceptance outcome) {
        Message decoded = message.decoded();
        if (decoded != null && outcome instanceof Acceptance.Added added) {
            decodedMessages.keep(message.run(), added.message(), decoded);
        } else {
            release(message);
        }
    }

    private void release(QueuedMessage message) {
        Message decoded = message.decoded();
        if (decoded != null) {
            decodedMessages.release(decoded);
        }
    }

    private void announce(List<QueuedMessage> batch, List<Acceptance> outcomes) {
        Set<Long> runs = new HashSet<>();
        for (int i = 0; i < batch.size(); i++) {
            if (outcomes.get(i) instanceof Acceptance.Added) {
                runs.add(batch.get(i).run());
            }
        }
        runs.forEach(run -> events.publishEvent(new RunChanged(run)));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.group.commit.queue.messages", queue, Collection::size)
                .description("Messages waiting to be written")
                .register(registry);
        Gauge.builder("evenkeel.group.commit.queue", memory, MessageMemory::queued)
                .baseUnit(BaseUnits.BYTES)
                .description("Bytes of messages waiting to be written or being written")
                .register(registry);
        FunctionCounter.builder("evenkeel.group.commit.batches", batches, LongAdder::sum)
                .description("Transactions that accepted or refused messages")
                .register(registry);
        FunctionCounter.builder("evenkeel.group.commit.messages", written, LongAdder::sum)
                .description("Messages accepted or refused; this rate divided by the rate of batches is the number of"
                        + " messages in a transaction")
                .register(registry);
    }

    /**
     * Answers all waiting requests, then stops. Interrupts no thread, because H2 closes its file if a thread
     * is interrupted during a write.
     */
    @Override
    public void destroy() throws InterruptedException {
        stopped = true;
        pipeline.stop();
    }
}
