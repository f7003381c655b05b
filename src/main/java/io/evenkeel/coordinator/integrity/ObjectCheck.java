package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.lifecycle.Runs;
import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.member.MissingObjects;
import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Compares the objects that rows refer to with those in the object store: after startup, every hour, and when
 * a read fails to find one. Pauses the runs that need a missing object, and resumes them when all of their
 * objects are back, which it checks every ten seconds.
 *
 * <p>A run that an operator resumes in the meantime continues until it has to read a missing object.
 */
@Component
class ObjectCheck extends BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectCheck.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration COMPLETE = Duration.ofHours(1);

    /** The maximum number of missing objects that are checked before the next complete check. */
    private static final int PROBED = 100;

    private final StoredBytes stored;
    private final ObjectRows rows;
    private final MissingObjects missing;
    private final CorruptionHandler corruption;
    private final RunRepository runs;
    private final Runs lifecycle;
    private final DurableTransactions transactions;
    private final FailureLog failures;
    private final Clock clock;
    private final boolean isEnabled;
    private Instant next = Instant.MIN;

    ObjectCheck(
            StoredBytes stored,
            ObjectRows rows,
            MissingObjects missing,
            CorruptionHandler corruption,
            RunRepository runs,
            Runs lifecycle,
            DurableTransactions transactions,
            StorageSettings settings,
            FailureLog failures,
            Clock clock) {
        super("object-check", settings.sweep().isZero() ? Duration.ZERO : PERIOD, failures);
        this.stored = stored;
        this.rows = rows;
        this.missing = missing;
        this.corruption = corruption;
        this.runs = runs;
        this.lifecycle = lifecycle;
        this.transactions = transactions;
        this.failures = failures;
        this.clock = clock;
        this.isEnabled = !settings.sweep().isZero();
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    @EventListener
    void suspected(MissingObjects.Suspected event) {
        if (isEnabled) {
            boolean unused = execute(() -> {
                try {
                    check();
                } catch (RuntimeException e) {
                    failures.warn("Could not search for missing objects; trying again in an hour", e);
                }
            });
        }
    }

    @Override
    protected void work() {
        if (!clock.instant().isBefore(next) || isAnyBack()) {
            check();
        }
    }

    private boolean isAnyBack() {
        return missing.suspects().stream().anyMatch(range -> !stored.isMissing(range))
                || missing.found().names().stream()
                        .limit(PROBED)
                        .anyMatch(name -> !stored.isMissing(new ObjectRange(name, 0, 1)));
    }

    /** Compares all objects, and pauses or resumes the affected runs. */
    synchronized void check() {
        MissingObjects.Found before = missing.found();
        NavigableSet<String> names = new TreeSet<>(stored.missing());
        List<ObjectRange> cleared = new ArrayList<>();
        for (ObjectRange suspect : missing.suspects()) {
            if (stored.isMissing(suspect)) {
                names.add(suspect.name());
            } else {
                cleared.add(suspect);
            }
        }
        boolean isSame = names.equals(before.names());
        Map<Long, NavigableSet<String>> byRun =
                isSame ? before.byRun() : names.isEmpty() ? Map.of() : rows.naming(names);
        missing.found(new MissingObjects.Found(names, byRun), cleared);
        next = clock.instant().plus(COMPLETE);
        if (!isSame && names.isEmpty()) {
            LOG.info("All objects that rows refer to are in the object store again");
        } else if (!isSame) {
            LOG.error("{}; {}", missing.all(), MissingObjects.ACTION);
        }
        byRun.forEach((run, objects) -> {
            if (!before.byRun().getOrDefault(run, new TreeSet<>()).containsAll(objects)) {
                corruption.pauseForObjects(run);
            }
        });
        resumeOthers(byRun);
    }

    private void resumeOthers(Map<Long, NavigableSet<String>> lacking) {
        transactions.read(runs::findLackingObjects).stream()
                .filter(run -> !lacking.containsKey(run.id()))
                .forEach(run -> resume(run.name()));
    }

    private void resume(String run) {
        try {
            lifecycle.resumeWithObjects(run);
            LOG.info("Run '{}' continues: its objects are in the object store", run);
        } catch (ProblemException e) {
            failures.warn(
                    "Run '" + run + "' cannot continue although its objects are back; trying again in an hour", e);
        }
    }
}
