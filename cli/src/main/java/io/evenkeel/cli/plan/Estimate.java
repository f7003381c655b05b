package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.cli.plan.Workload.Store;
import io.evenkeel.trial.fleet.WireSizes;

/**
 * The resources that a workload needs. Rates are means over a day; sizes cover the data that docs/storage.md
 * lists. Immutable.
 */
final class Estimate {

    static final int CONNECTIONS = 20;

    /**
     * The check-ins per second that pace steering aims for, the default of {@code
     * evenkeel.work.requests-per-second}.
     */
    static final int CHECK_INS = 300;

    private static final int HOURS = 24;
    private static final int YEAR = 365;
    private static final double SECONDS = 3600;
    private static final double MICROS = 1e6;
    private static final double MEGABYTE = 1e6;

    /** Processors are planned to be half idle on average, to absorb a burst of a round's messages. */
    private static final double UTILIZATION = 0.5;

    /** The container image's heap as a share of its memory. */
    private static final double HEAP_SHARE = 0.6;

    private static final long GIB = 1L << 30;
    private static final int KEPT_CHECKPOINTS = 3;
    private static final int CHECKPOINT_EVERY = 50;
    private static final int KEPT_FOR_EVER_EVERY = 500;
    private static final int ROUNDS_WITH_RECEIPTS = 200;
    private static final int KEPT_UPDATES = 200;
    private static final int MESSAGES_TO_COMPACT = 16;
    private static final int ROUND_RECORD = 600;
    private static final int MAX_INLINE = 16_384;

    private final Workload workload;
    private final Sizing sizing;
    private final long message;
    private final long update;

    Estimate(Workload workload, Sizing sizing) {
        this.workload = workload;
        this.sizing = sizing;
        this.message = WireSizes.message(workload.compressor());
        this.update = updateBytes();
    }

    private long updateBytes() {
        if (workload.downlink() != null) {
            return WireSizes.delta(workload.downlink());
        }
        return workload.step().isRepeatable()
                ? WireSizes.update(workload.dimension(), workload.values(), workload.participants())
                : denseBytes();
    }

    Workload workload() {
        return workload;
    }

    long message() {
        return message;
    }

    /** Returns the bytes of a round's update. */
    long update() {
        return update;
    }

    /** Returns the bytes of the model in single precision. */
    long denseBytes() {
        return 4 * workload.dimension();
    }

    /**
     * Returns the bytes that a device downloads for a round: the updates since its last one, or the model if
     * that is shorter.
     */
    long download() {
        double rounds = Math.max(1, workload.roundsBetween());
        return rounds > KEPT_UPDATES ? denseBytes() : Math.min(denseBytes(), Math.round(rounds * update));
    }

    /** Returns the coordinator's processor time for a device and round, in seconds. */
    double deviceSeconds() {
        double micros = sizing.of("message.cpu", workload)
                + sizing.of("message.cpu.value") * workload.values()
                + sizing.of("task.cpu")
                + sizing.of("download.cpu.megabyte") * download() / MEGABYTE;
        return micros / MICROS;
    }

    /** Returns the coordinator's processor time for one step, in seconds. */
    private double stepSeconds() {
        return stepSeconds(sizing, workload.dimension());
    }

    /** Returns the coordinator's processor time for one step of a model, in seconds. */
    static double stepSeconds(Sizing sizing, long dimension) {
        return sizing.of("round.cpu.parameter") * dimension / MICROS;
    }

    /** Returns the processor time of all coordinators for a round, in seconds. */
    double roundSeconds() {
        return workload.participants() * deviceSeconds() + stepSeconds();
    }

    /** Returns the processor time of all coordinators for check-ins in an hour, in seconds. */
    double checkInSeconds() {
        return checkInsPerHour() * sizing.of("check-in.cpu") / MICROS;
    }

    /** Returns the check-ins in an hour: one for each device, up to the goal of pace steering. */
    double checkInsPerHour() {
        return Math.min((double) workload.devices(), CHECK_INS * SECONDS);
    }

    /** Returns the processor time of all coordinators in an hour, in seconds. */
    double coordinatorSeconds() {
        return workload.roundsPerHour() * roundSeconds() + checkInSeconds();
    }

    /** Returns the processor time of PostgreSQL in an hour, in seconds. */
    double databaseSeconds() {
        boolean stored = workload.database() != Database.H2 && arePayloadsInDatabase();
        double each = sizing.of("database.cpu", workload)
                + (stored ? sizing.of("database.cpu.value") * workload.values() : 0);
        return workload.messagesPerHour() * each / MICROS;
    }

    /** Returns the cores of each coordinator. */
    long cores() {
        return cores(coordinatorSeconds() / workload.replicas());
    }

    /** Returns the cores of PostgreSQL. */
    long databaseCores() {
        return workload.database() == Database.H2 ? 0 : cores(databaseSeconds());
    }

    private static long cores(double secondsPerHour) {
        return Math.max(1, (long) Math.ceil(secondsPerHour / SECONDS / UTILIZATION));
    }

    /** Returns the number of devices that wait at each coordinator at the same time. */
    long waiting() {
        return (workload.participants() + workload.replicas() - 1) / workload.replicas();
    }

    long heap() {
        return Heap.smallest(workload, waiting());
    }

    /** Returns the memory of each coordinator in whole GiB, including its heap. */
    long memory() {
        return GIB * (long) Math.ceil(heap() / HEAP_SHARE / GIB);
    }

    /** Returns the minimum duration of a round in seconds, if all its messages arrive at once. */
    double shortestRound() {
        double processor = deviceSeconds() / (cores() * workload.replicas());
        return workload.participants() * Math.max(processor, messageSeconds()) + stepSeconds();
    }

    /**
     * Returns the seconds that a run takes to accept one message, regardless of the number of coordinators and
     * processors.
     */
    double messageSeconds() {
        return (sizing.of("run.message", workload) + sizing.of("run.value") * workload.values()) / MICROS;
    }

    double uplinkPerHour() {
        return workload.messagesPerHour() * message;
    }

    double downlinkPerHour() {
        return workload.messagesPerHour() * download();
    }

    // Sizes.

    private long checkpoint() {
        return Double.BYTES * (2L + workload.vectors()) * workload.dimension();
    }

    private double payload() {
        return message * sizing.of("payload.factor", workload);
    }

    /** Returns the maximum bytes of a member's messages before they are added to its vector. */
    private double uncompacted() {
        return Math.max((double) Double.BYTES * workload.dimension(), MESSAGES_TO_COMPACT * payload());
    }

    /** Returns the maximum bytes of stored payloads and vectors of all members. */
    double members() {
        return workload.feedback().retainsSum()
                ? workload.devices() * (Double.BYTES * workload.dimension() + uncompacted())
                : workload.participants() * payload();
    }

    /** Returns the bytes of all members' vectors after a year: none before a member has sent enough to be compacted. */
    private double vectorsAfterYear() {
        return workload.feedback().retainsSum() && sentInYear() > uncompacted()
                ? (double) workload.devices() * Double.BYTES * workload.dimension()
                : 0;
    }

    private double payloadsAfterYear() {
        return workload.feedback().retainsSum()
                ? workload.devices() * Math.min(sentInYear(), uncompacted())
                : workload.participants() * payload();
    }

    private double sentInYear() {
        return YEAR * messagesPerDay() / workload.devices() * payload();
    }

    private double models() {
        return (double) KEPT_CHECKPOINTS * checkpoint() + (double) KEPT_UPDATES * update;
    }

    private double roundsPerDay() {
        return HOURS * workload.roundsPerHour();
    }

    private double messagesPerDay() {
        return HOURS * workload.messagesPerHour();
    }

    private boolean areVectorsInDatabase() {
        return workload.store() == Store.DATABASE || Double.BYTES * workload.dimension() <= MAX_INLINE;
    }

    private boolean arePayloadsInDatabase() {
        return workload.store() == Store.DATABASE;
    }

    /** Returns the size of the database after a year. */
    double databaseAfterYear() {
        return workload.devices() * sizing.of("device.bytes")
                + (areVectorsInDatabase() ? vectorsAfterYear() + models() : 0)
                + (arePayloadsInDatabase()
                        ? payloadsAfterYear()
                        : payloadsAfterYear() / payload() * sizing.of("payload-row.bytes"))
                + receiptsAfterYear() * sizing.of("receipt.bytes", workload)
                + YEAR * databaseGrowth();
    }

    /**
     * Returns the number of stored receipts: those of the newest rounds, of each member's last message, and of messages
     * not yet compacted.
     */
    private double receiptsAfterYear() {
        double waiting = workload.feedback().retainsSum() ? payloadsAfterYear() / payload() : 0;
        return Math.min(
                YEAR * messagesPerDay(),
                (double) ROUNDS_WITH_RECEIPTS * workload.participants() + workload.devices() + waiting);
    }

    /** Returns the bytes by which the database grows permanently in a day. */
    double databaseGrowth() {
        return roundsPerDay() * ROUND_RECORD + (areVectorsInDatabase() ? checkpointGrowth() : 0);
    }

    /** Returns the size of the object store after a year. */
    double storeAfterYear() {
        return (areVectorsInDatabase() ? 0 : vectorsAfterYear() + models())
                + (arePayloadsInDatabase() ? 0 : payloadsAfterYear())
                + YEAR * storeGrowth();
    }

    /** Returns the bytes by which the object store grows permanently in a day. */
    double storeGrowth() {
        return areVectorsInDatabase() ? 0 : checkpointGrowth();
    }

    private double checkpointGrowth() {
        return roundsPerDay() / KEPT_FOR_EVER_EVERY * checkpoint();
    }

    /** Returns the bytes of updates, checkpoints and members' vectors that are written in a day. */
    private double writtenVectors() {
        double vectors = workload.feedback().retainsSum() ? messagesPerDay() * message : 0;
        return roundsPerDay() * (update + (double) checkpoint() / CHECKPOINT_EVERY) + vectors;
    }

    /** Returns the bytes that are written to the object store in a day. */
    double storeWrites() {
        return (areVectorsInDatabase() ? 0 : writtenVectors())
                + (arePayloadsInDatabase() ? 0 : messagesPerDay() * message);
    }

    /** Returns the bytes of PostgreSQL's write-ahead log in a day. */
    double wal() {
        if (workload.database() == Database.H2) {
            return 0;
        }
        double values = (arePayloadsInDatabase() ? messagesPerDay() * message : 0)
                + (areVectorsInDatabase() ? writtenVectors() : 0);
        return messagesPerDay() * sizing.of("wal.message") + values * sizing.of("wal.payload");
    }
}
