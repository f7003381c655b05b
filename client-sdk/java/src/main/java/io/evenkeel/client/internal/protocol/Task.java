package io.evenkeel.client.internal.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The coordinator's answer to a device that asks for work. */
public sealed interface Task {

    /**
     * A round is open and wants this device.
     *
     * @param round the round
     * @param denseBytes the size of its model as float32
     * @param updateBytes the size of the update since the round the device named; null if it named none, or it is no longer kept
     * @param replicaBytes the size of a fresh replica
     */
    record Work(int round, long denseBytes, @Nullable Long updateBytes, long replicaBytes) implements Task {}

    /**
     * Nothing to do yet.
     *
     * @param pause how long to wait before asking again; null if the coordinator did not say
     */
    record Nothing(@Nullable Duration pause) implements Task {

        /** To be asked again at once. */
        public static final Nothing YET = new Nothing(Duration.ZERO);
    }

    /**
     * The run has ended.
     *
     * @param state {@code finished}, {@code cancelled} or {@code failed}
     * @param round the round it ended at
     */
    record Ended(String state, int round) implements Task {}

    /** Reads the answer to a successful question. */
    static Task of(JsonFields fields) {
        String state = fields.text("state");
        return switch (state) {
            case "finished", "cancelled", "failed" -> new Ended(state, fields.naturalOr("round", 0));
            default ->
                new Work(
                        fields.natural("round"),
                        fields.integer("denseBytes"),
                        fields.optionalInteger("updateBytes"),
                        fields.integer("replicaBytes"));
        };
    }
}
