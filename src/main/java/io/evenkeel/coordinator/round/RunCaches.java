package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.message.DecodedMessageCache;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.run.Run;
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

    /** Returns the runs that have a round to close now or later, and frees the memory of all others. */
    List<Run> keepOpen() {
        // Reads the runs first, so that a run that is started in between keeps its memory.
        Map<Long, Long> kept = memory.kept();
        List<Run> open = transactions.read(runs::findOpen);
        List<Long> ids = open.stream().map(Run::id).toList();
        models.keepOnly(ids);
        decodedMessages.keepOnly(ids);
        robust.keepOnly(ids);
        ids.forEach(kept::remove);
        kept.forEach(memory::release);
        return open;
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
