package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.message.DecodedMessageCache;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Frees the memory of runs that this coordinator no longer works on: models, decoded messages, norms, draws and leases. Thread-safe. */
@Component
class RunCaches {

    private final RunRepository runs;
    private final RunMemory memory;
    private final Models models;
    private final DecodedMessageCache decodedMessages;
    private final RobustSum robust;
    private final OpenRoundCache openRounds;
    private final UpstreamRounds upstream;
    private final Leases leases;
    private final DurableTransactions transactions;

    RunCaches(
            RunRepository runs,
            RunMemory memory,
            Models models,
            DecodedMessageCache decodedMessages,
            RobustSum robust,
            OpenRoundCache openRounds,
            UpstreamRounds upstream,
            Leases leases,
            DurableTransactions transactions) {
        this.runs = runs;
        this.memory = memory;
        this.models = models;
        this.decodedMessages = decodedMessages;
        this.robust = robust;
        this.openRounds = openRounds;
        this.upstream = upstream;
        this.leases = leases;
        this.transactions = transactions;
    }

    /** Returns the keys of the runs whose open round may be due, and frees the memory of all others. */
    List<Long> keepDue() {
        // Read first, so that a run that is started in between keeps its memory.
        Map<Long, Long> kept = memory.kept();
        List<Long> due = transactions.read(runs::findDue);
        models.keepOnly(due);
        decodedMessages.keepOnly(due);
        robust.keepOnly(due);
        kept.keySet().removeAll(due);
        kept.forEach(memory::release);
        return due;
    }

    /** Frees the memory of a run that is over. */
    void forget(long run) {
        models.forget(run);
        memory.release(run);
        openRounds.forget(run);
        upstream.forget(run);
        leases.drop(run);
    }

    /** Drops the model and the lease of a run that another coordinator has advanced. */
    void surrender(long run) {
        models.forget(run);
        upstream.forget(run);
        leases.drop(run);
    }
}
