package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.core.heap.RunHeap;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;

/**
 * Computes how much memory a run takes, and refuses runs that this heap, an array or the database can never hold.
 *
 * <p>{@link RunHeap} has the formulas. Immutable.
 */
final class RunFootprint {

    /** The maximum bytes of a checkpoint's vectors in an export, where a checkpoint with its other fields is one array. */
    private static final long MAX_CHECKPOINT = Integer.MAX_VALUE - (1 << 16);

    private final HeapBudget budget;
    private final Dialect dialect;

    RunFootprint(HeapBudget budget, Dialect dialect) {
        this.budget = budget;
        this.dialect = dialect;
    }

    /** Returns the heap that a run needs. */
    RunHeap of(ValidatedPlan plan) {
        return new RunHeap(
                plan.compressor(),
                plan.downlink(),
                plan.algorithm().step(),
                plan.layout(),
                plan.retainsSum() || plan.secureAggregation() != null,
                plan.algorithm().preset().hasScatterMean(),
                plan.followsUpstream(),
                dialect == Dialect.POSTGRESQL);
    }

    /**
     * Checks that a run's checkpoints fit into an array, and its messages into a row of the database and the heap's
     * shares for them.
     *
     * @throws ProblemException {@code insufficient-memory}, {@code invalid} with the field {@code dimension} or {@code compressor}
     */
    void requireFit(ValidatedPlan plan) {
        RunHeap run = of(plan);
        requireArray(plan, run);
        requireShare(plan, Share.REQUEST_BODIES, run.reading());
        requireShare(plan, Share.GROUP_COMMIT, run.queued());
    }

    private void requireArray(ValidatedPlan plan, RunHeap run) {
        FieldErrors errors = new FieldErrors();
        long most = MAX_CHECKPOINT / run.checkpointBytesPerParameter();
        errors.require(
                plan.dimension() <= most,
                "dimension",
                () -> "is " + plan.dimension() + ", expected at most " + most + ": a checkpoint of this run has "
                        + (2 + run.vectors())
                        + " vectors of 8 bytes per parameter, but the maximum in an export is 2 GiB");
        errors.require(
                plan.maxMessageBytes() <= dialect.maximumBytes(),
                "compressor",
                () -> "sends messages of up to " + plan.maxMessageBytes() + " bytes, expected at most "
                        + dialect.maximumBytes() + ", the maximum size of a row of this database: send fewer values");
        if (!errors.isEmpty()) {
            throw errors.toProblem();
        }
    }

    private void requireShare(ValidatedPlan plan, Share share, long needed) {
        long bytes = budget.of(share);
        if (needed > bytes) {
            throw ProblemKind.INSUFFICIENT_MEMORY
                    .because(
                            "a message of run '" + plan.name() + "' can need " + megabytes(needed) + " MB of memory,"
                                    + " and of the heap of " + megabytes(budget.heap()) + " MB, "
                                    + megabytes(bytes) + " MB are reserved for such messages",
                            "choose a compressor that sends fewer values, or start the coordinator with a larger heap"
                                    + " (-Xmx"
                                    + megabytes(budget.heapFor(of(plan))) + "m)")
                    .with("neededBytes", needed)
                    .with("leftBytes", bytes)
                    .with("heapBytes", budget.heap());
        }
    }

    /** Returns a number of bytes in MiB, rounded up so that a need is never reported as 0. */
    static long megabytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
