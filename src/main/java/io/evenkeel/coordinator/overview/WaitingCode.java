package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The kinds of items that wait for an operator. The texts are permanent: responses contain them, and the console has a
 * title for each.
 */
public enum WaitingCode {
    /** A round of the run was extended, because too few members answered. */
    RUN_STALLED,
    /** The run is paused. */
    RUN_PAUSED,
    /** The run was paused automatically, because its loss grew. */
    RUN_DIVERGED,
    /** The run is paused until objects that it needs are back in the object store. */
    OBJECTS_MISSING,
    /** Stored data of the run does not match its hash chain, or its sum differs from that of its messages. */
    RUN_DAMAGED,
    /** The run has failed in the last days. */
    RUN_FAILED,
    /** The run has not been started, and enough devices have joined. */
    RUN_READY,
    /** Members of the run are excluded from cohorts of secure aggregation. */
    MEMBERS_LEFT_OUT,
    /** Devices reported in the last days that acknowledged messages of the run are missing. */
    MESSAGES_LOST,
    /** The roll-out waits for the approval of another operator. */
    ROLLOUT_APPROVAL,
    /** The roll-out is paused. */
    ROLLOUT_PAUSED,
    /** A rule has stopped the roll-out in the last days. */
    ROLLOUT_STOPPED,
    /** An operator has asked to end the protection of an alias, which another one confirms. */
    ALIAS_RELEASE,
    /** The upstream coordinator has refused this relay, or does not answer. */
    RELAY_PROBLEM,
    /** A part of the coordinator is not healthy. */
    UNHEALTHY,
    /** The disk of the database is nearly full. */
    DISK_LOW,
    /** The database or the object store is set up so that acknowledged messages can be lost. */
    STORAGE_UNSAFE,
    /** A replica sends no heartbeats. */
    REPLICA_SILENT,
    /** An alert fires. */
    ALERT,
    /** Prometheus does not report which alerts fire. */
    ALERTS_UNKNOWN;

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
