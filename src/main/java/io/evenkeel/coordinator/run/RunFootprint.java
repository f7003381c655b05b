package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.definition.FieldErrors;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.HeapBudget.Share;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.step.StepRule;

/**
 * Computes how much memory a run takes, and refuses runs that this heap, an array or the database can never hold.
 *
 * <p>With d parameters and at most c values in a message, a run takes {@code resident + work + 1 MiB}. With a lossy downlink the
 * devices' model w counts as a vector, and c includes the values of the downlink's message:
 *
 * <ul>
 *   <li>resident, (16 + 8 v + 1/8) d bytes: x, S and the step rule's v vectors, in double precision, and a bit for
 *       each coordinate of S that the round changed;
 *   <li>work, 8 d + 24 c bytes, on PostgreSQL 48 c, whose driver holds a message's row up to three times. This is the
 * maximum over the steps of closing a round. Messages that are read, decoded and collected take up to 6 d besides the
 * largest one; the coordinates of an update and the choice of their coding take 7 d. A run whose S persists also
 * rebuilds members' vectors, at any time, and takes (40 + 8 v) d instead of 8 d, as do secure aggregation and a lossy
 * downlink. A run does only one of these at a time. A step rule that
 *       allocates values for a step adds 8 bytes for each.
 * </ul>
 *
 * <p>Immutable.
 */
final class RunFootprint {

    private static final long BASE_BYTES = 1 << 20;

    /** The bytes per parameter for closing a round. */
    private static final long CLOSING = 8;

    /** The bytes per parameter for rebuilding a member's vector or the sum of a cohort, or for reading a history. */
    private static final long REBUILDING = 40;

    /** The bytes per parameter for the coordinates of an update that is read, of which there are at most 7/8 d. */
    private static final long REPLAYING = 4;

    /** The bytes of a checkpoint in an export, a single array, besides its vectors. */
    private static final long MAX_CHECKPOINT = Integer.MAX_VALUE - (1 << 16);

    /** S of a waiting round, its mean, and its next model, twice. */
    private static final long UPSTREAM_BYTES = 4L * Double.BYTES;

    /** The delta of a repeated round: stored, decoded, and dense. */
    private static final long UPSTREAM_DELTA = 3L * Double.BYTES;

    private final HeapBudget budget;
    private final Dialect dialect;
    private final long workPerValue;

    RunFootprint(HeapBudget budget, Dialect dialect) {
        this.budget = budget;
        this.dialect = dialect;
        this.workPerValue = switch (dialect) {
            case H2 -> 24;
            case POSTGRESQL -> 48;
        };
    }

    /** Returns the bytes that an active run takes. */
    long total(ValidatedPlan plan) {
        boolean closesOnly = !plan.retainsSum() && plan.secureAggregation() == null && plan.downlink() == null;
        return resident(plan) + (closesOnly ? work(plan, CLOSING) : history(plan)) + BASE_BYTES;
    }

    /** Returns the bytes that reading a run's history takes in addition to its model. */
    long history(ValidatedPlan plan) {
        return work(plan, REBUILDING + (long) Double.BYTES * vectors(plan));
    }

    /** Returns the bytes of a model that is rebuilt in addition to the newest one. */
    long older(ValidatedPlan plan) {
        Compressor downlink = plan.downlink();
        return resident(plan)
                + (REPLAYING + (plan.followsUpstream() ? UPSTREAM_DELTA : 0)) * plan.dimension()
                + (downlink == null ? 0 : workPerValue * downlink.maxCount())
                + BASE_BYTES;
    }

    private static long resident(ValidatedPlan plan) {
        return checkpoint(plan) + plan.dimension() / 8;
    }

    private long work(ValidatedPlan plan, long perParameter) {
        StepRule rule = plan.algorithm().step();
        Compressor downlink = plan.downlink();
        long values = plan.compressor().maxCount() + (downlink == null ? 0L : downlink.maxCount());
        return perParameter * plan.dimension()
                + Double.BYTES * rule.scratchValues(plan.layout())
                + (plan.followsUpstream() ? UPSTREAM_BYTES * plan.dimension() : 0)
                + workPerValue * values;
    }

    /** Returns the bytes of a checkpoint's vectors. */
    static long checkpoint(ValidatedPlan plan) {
        return checkpointBytesPerParameter(plan) * plan.dimension();
    }

    private static long checkpointBytesPerParameter(ValidatedPlan plan) {
        return Double.BYTES * (2L + vectors(plan));
    }

    /** Returns the number of vectors besides x and S. */
    private static int vectors(ValidatedPlan plan) {
        return plan.algorithm().step().vectors() + (plan.downlink() == null ? 0 : 1);
    }

    /** Returns the bytes that receiving and decoding a message takes: twice its length while it arrives, and its decoded values. */
    static long reading(ValidatedPlan plan) {
        return 2L * plan.maxMessageBytes() + 12L * plan.compressor().maxCount();
    }

    /** Returns the bytes of a message that waits to be stored: its own, and the overhead in the queue. */
    private static long queued(ValidatedPlan plan) {
        return plan.maxMessageBytes() * 4L / 3;
    }

    /**
     * Checks that a run's checkpoints fit an array, and its messages a row of the database and the heap's shares for them.
     *
     * @throws ProblemException {@code insufficient-memory}, {@code invalid} with the field {@code dimension} or {@code compressor}
     */
    void requireFit(ValidatedPlan plan) {
        requireArray(plan);
        requireShare(plan, Share.REQUEST_BODIES, reading(plan));
        requireShare(plan, Share.GROUP_COMMIT, queued(plan));
    }

    private void requireArray(ValidatedPlan plan) {
        FieldErrors errors = new FieldErrors();
        long most = MAX_CHECKPOINT / checkpointBytesPerParameter(plan);
        errors.require(
                plan.dimension() <= most,
                "dimension",
                () -> "is " + plan.dimension() + ", expected at most " + most + ": a checkpoint of this run has "
                        + (2 + vectors(plan)) + " vectors of 8 bytes a parameter, and is at most 2 GiB in an export");
        errors.require(
                plan.maxMessageBytes() <= dialect.maximumBytes(),
                "compressor",
                () -> "sends messages of up to " + plan.maxMessageBytes() + " bytes, expected at most "
                        + dialect.maximumBytes() + ", what a row of this database holds: send fewer values");
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
                                    + megabytes(bytes) + " MB are for such messages",
                            "choose a compressor that sends fewer values, or start the coordinator with a larger heap (-Xmx"
                                    + megabytes(heapFor(plan)) + "m)")
                    .with("neededBytes", needed)
                    .with("leftBytes", bytes)
                    .with("heapBytes", budget.heap());
        }
    }

    /** Returns the smallest heap that has room for a run and its messages. */
    private long heapFor(ValidatedPlan plan) {
        return Math.max(
                budget.heapFor(Share.MODELS, total(plan)),
                Math.max(
                        budget.heapFor(Share.REQUEST_BODIES, reading(plan)),
                        budget.heapFor(Share.GROUP_COMMIT, queued(plan))));
    }

    /** Returns a number of bytes in MiB, rounded up, so that no requirement is reported as 0. */
    static long megabytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
