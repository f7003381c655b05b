package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.run.RunRow;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Deletes abandoned uploads of messages. Several coordinators that share a folder may do this at the same
 * time.
 */
@Component
class UploadSweep extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final MessageUploads uploads;
    private final RunTable runs;
    private final DurableTransactions transactions;

    UploadSweep(MessageUploads uploads, RunTable runs, DurableTransactions transactions, FailureLog failures) {
        super("upload-sweep", PERIOD, failures);
        this.uploads = uploads;
        this.runs = runs;
        this.transactions = transactions;
    }

    @Override
    protected void work() {
        uploads.sweep(this::underWay);
    }

    private Set<Long> underWay() {
        return transactions.read(runs::underWay).stream().map(RunRow::id).collect(Collectors.toSet());
    }
}
