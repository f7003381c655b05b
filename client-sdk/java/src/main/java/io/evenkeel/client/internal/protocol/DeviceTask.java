package io.evenkeel.client.internal.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The task of a device, as the coordinator assigned it. */
public sealed interface DeviceTask {

    /**
     * An open round in which this device takes part.
     *
     * @param round the round
     * @param denseBytes the size of its model as float32
     * @param updateBytes the size of the update since the round in the request; null if the request had none or the update is no
     *     longer kept
     * @param replicaBytes the size of a fresh replica
     * @param attempt with secure aggregation, the number of the attempt to aggregate the round; else 0
     */
    record Work(int round, long denseBytes, @Nullable Long updateBytes, long replicaBytes, int attempt)
            implements DeviceTask {}

    /**
     * No work yet.
     *
     * @param pause how long to wait before the next request; null if the coordinator sent none
     */
    record Nothing(@Nullable Duration pause) implements DeviceTask {

        /** No work, with an immediate next request. */
        public static final Nothing YET = new Nothing(Duration.ZERO);
    }

    /**
     * The run has ended.
     *
     * @param state {@code finished}, {@code cancelled} or {@code failed}
     * @param round the round it ended at
     */
    record Ended(String state, int round) implements DeviceTask {}

    /** Parses a successful response. */
    static DeviceTask of(JsonFields fields) {
        String state = fields.text("state");
        if (RunProgress.isOver(state)) {
            return new Ended(state, fields.naturalOr("round", 0));
        }
        return new Work(
                fields.natural("round"),
                fields.integer("denseBytes"),
                fields.optionalInteger("updateBytes"),
                fields.integer("replicaBytes"),
                fields.naturalOr("attempt", 0));
    }
}
