package io.evenkeel.coordinator.overview;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The kinds of items that need an operator's attention. Their texts must never change, because responses
 * contain them and the console has a title for each.
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
    /** The run has failed in the last seven days. */
    RUN_FAILED,
    /** The run has not been started, and enough devices have joined. */
    RUN_READY,
    /** Members of the run are excluded from cohorts of secure aggregation. */
    MEMBERS_LEFT_OUT,
    /** Devices have reported in the last seven days that acknowledged messages of the run are missing. */
    MESSAGES_LOST,
    /** The roll-out waits for approval by another operator. */
    ROLLOUT_APPROVAL,
    /** The roll-out is paused. */
    ROLLOUT_PAUSED,
    /** A rule has stopped the roll-out in the last seven days. */
    ROLLOUT_STOPPED,
    /** An operator has asked to end the protection of an alias, and another operator must confirm it. */
    ALIAS_RELEASE,
    /** The upstream coordinator has refused this relay, or does not answer. */
    RELAY_PROBLEM,
    /** A component of the coordinator is not healthy. */
    UNHEALTHY,
    /** The disk of the database is nearly full. */
    DISK_LOW,
    /** The database or the object store is set up so that acknowledged messages can be lost. */
    STORAGE_UNSAFE,
    /** A replica sends no heartbeats. */
    REPLICA_SILENT,
    /** An alert is firing. */
    ALERT,
    /** Prometheus does not report which alerts are firing. */
    ALERTS_UNKNOWN;

    /** Returns the name in responses. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
