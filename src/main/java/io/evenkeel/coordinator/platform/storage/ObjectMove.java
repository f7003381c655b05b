package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.MovingStore;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Moves objects from the store of {@code evenkeel.storage.move-from}. Objects whose length is not recorded
 * yet are left for the next pass, because their transaction may be in progress on another coordinator.
 * Several coordinators may run this at once.
 */
@Component
class ObjectMove extends BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectMove.class);
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PAGE = 1000;

    private final ObjectStore store;
    private final ObjectTable table;
    private final DurableTransactions transactions;
    private boolean isLogged;

    ObjectMove(ObjectStore store, ObjectTable table, DurableTransactions transactions, FailureLog failures) {
        super("object-move", store instanceof MovingStore ? PERIOD : Duration.ZERO, failures);
        this.store = store;
        this.table = table;
        this.transactions = transactions;
    }

    @Override
    protected void work() {
        if (store instanceof MovingStore moving) {
            move(moving);
        }
    }

    private void move(MovingStore moving) {
        int moved = 0;
        List<String> names = moving.previous().list("", PAGE);
        while (!names.isEmpty() && !isStopping()) {
            for (Map.Entry<String, Long> object : table.lengths(names).entrySet()) {
                moved += move(moving, object.getKey(), object.getValue());
            }
            names = moving.previous().list(names.get(names.size() - 1), PAGE);
        }
        if (moved > 0 || !isLogged) {
            isLogged = true;
            LOG.info(
                    "Moved {} objects from {}; once this is 0 on every coordinator, remove evenkeel.storage.move-from",
                    moved,
                    moving.previous());
        }
    }

    /**
     * Moves an object; returns the number of moved objects. Safe to interrupt at any point, and to repeat.
     */
    private int move(MovingStore moving, String name, long length) {
        try {
            transactions.write(() -> moving.copy(name, length));
            moving.previous().delete(name);
            return 1;
        } catch (MissingObjectException e) {
            // Another coordinator has already moved it.
            return 0;
        }
    }
}
