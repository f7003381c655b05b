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
     * @param updateBytes the size of the update since the round in the request; null if the request had none or the
     *     update is no longer stored
     * @param replicaBytes the size of a fresh replica
     * @param attempt with secure aggregation, the number of the attempt to aggregate the round; else 0
     * @param history the history of the round's model; null if the coordinator gave none
     * @param modelDigest the digest of the model's values as float32; null if the coordinator gave none
     * @param isHistoryLost whether the coordinator lacks the model in the request
     */
    record Work(
            int round,
            long denseBytes,
            @Nullable Long updateBytes,
            long replicaBytes,
            int attempt,
            @Nullable String history,
            @Nullable Long modelDigest,
            boolean isHistoryLost)
            implements DeviceTask {

        /** Returns the reference to the round's model. */
        public ModelReference model() {
            return new ModelReference(round, history);
        }
    }

    /**
     * No work yet.
     *
     * @param pause the time to wait before the next request; null if the coordinator sent none
     */
    record Nothing(@Nullable Duration pause) implements DeviceTask {

        /** No work; the next request follows immediately. */
        public static final Nothing YET = new Nothing(Duration.ZERO);
    }

    /**
     * The run has ended.
     *
     * @param state {@code finished}, {@code cancelled} or {@code failed}
     * @param round the round in which it ended
     * @param isHistoryLost whether the coordinator lacks the model in the request
     */
    record Ended(String state, int round, boolean isHistoryLost) implements DeviceTask {}

    /** Parses a successful response. */
    static DeviceTask of(JsonFields fields) {
        String state = fields.text("state");
        if (RunProgress.isOver(state)) {
            return new Ended(state, fields.naturalOr("round", 0), fields.optionalFlag("historyLost"));
        }
        return new Work(
                fields.natural("round"),
                fields.integer("denseBytes"),
                fields.optionalInteger("updateBytes"),
                fields.integer("replicaBytes"),
                fields.naturalOr("attempt", 0),
                fields.optionalText("history"),
                fields.optionalText("modelDigest") == null ? null : (Long) fields.digest("modelDigest"),
                fields.optionalFlag("historyLost"));
    }
}
