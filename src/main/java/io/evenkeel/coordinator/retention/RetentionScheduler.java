package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.problem.Problem;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.CorruptionHandler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Goes through the runs from time to time and takes what need not be kept out of the database, in a thread of its own and small
 * steps, so that acceptance does not wait for it, and the closing of a round for one step at most. Thread-safe.
 */
@Component
public class RetentionScheduler implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RetentionScheduler.class);

    /** How long a step is followed by none, in times what it took: acceptance waits while another transaction is written. */
    private static final int PAUSES = 2;

    private final RunRepository runs;
    private final PlanCache plans;
    private final MessageCompaction folding;
    private final CheckpointPruning thinning;
    private final HistoryLocks pins;
    private final CorruptionHandler damage;
    private final DurableTransactions transactions;
    private final RetentionSettings settings;
    private final Set<Long> settled = ConcurrentHashMap.newKeySet();
    private final Set<Long> withoutMemory = ConcurrentHashMap.newKeySet();
    private volatile ScheduledExecutorService executor = newExecutor();
    private volatile CountDownLatch stopping = new CountDownLatch(0);

    RetentionScheduler(
            RunRepository runs,
            PlanCache plans,
            MessageCompaction folding,
            CheckpointPruning thinning,
            HistoryLocks pins,
            CorruptionHandler damage,
            DurableTransactions transactions,
            RetentionSettings settings) {
        this.runs = runs;
        this.plans = plans;
        this.folding = folding;
        this.thinning = thinning;
        this.pins = pins;
        this.damage = damage;
        this.transactions = transactions;
        this.settings = settings;
    }

    /** Goes through all runs once, to the end of what there is to do. */
    private void sweep() throws InterruptedException {
        for (Run run : transactions.read(runs::findAllByOrderByIdDesc)) {
            if (settled.contains(run.id())) {
                continue;
            }
            try {
                long begin = System.nanoTime();
                while (pins.changing(run.id(), () -> step(run.id()))) {
                    if (stopping.await(PAUSES * (System.nanoTime() - begin), TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    begin = System.nanoTime();
                }
                withoutMemory.remove(run.id());
                if (run.state().isOver()) {
                    settled.add(run.id());
                }
            } catch (ProblemException e) {
                warn(run, e);
            } catch (RuntimeException e) {
                LOG.warn("Run {} could not be thinned out; the next round through the runs tries again", run.id(), e);
            }
        }
    }

    /** Of a run that does not fit the memory, once until it does: a paused run may not for weeks. */
    private void warn(Run run, ProblemException e) {
        if (e.problem() != Problem.INSUFFICIENT_MEMORY || withoutMemory.add(run.id())) {
            LOG.warn(
                    "Run {} could not be thinned out: {}; {}; every round through the runs tries again",
                    run.id(),
                    e.detail(),
                    e.action());
        }
    }

    /** Takes one small step for a run; returns whether there may be more to do. */
    public boolean step(long id) {
        return damage.stopping(() -> {
            Run run = transactions.read(() -> runs.findById(id).orElseThrow());
            return run.state() != RunState.CREATED && (folding.step(run, plans.of(run)) || thinning.step(run));
        });
    }

    @Override
    public void start() {
        if (executor.isShutdown()) {
            executor = newExecutor();
        }
        stopping = new CountDownLatch(1);
        long pause = settings.every().toMillis();
        if (pause > 0) {
            var unused = executor.scheduleWithFixedDelay(this::sweepSafely, pause, pause, TimeUnit.MILLISECONDS);
        }
    }

    private void sweepSafely() {
        try {
            sweep();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("Runs could not be thinned out; the next time tries again", e);
        }
    }

    /** Lets the step under way end: each is short, and an interrupt could break the database's file. */
    @Override
    public void stop() {
        stopping.countDown();
        executor.shutdown();
        try {
            if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
                LOG.debug("A step of thinning out is still under way; it can be killed without harm");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    private static ScheduledExecutorService newExecutor() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "retention");
            thread.setDaemon(true);
            return thread;
        });
    }
}
