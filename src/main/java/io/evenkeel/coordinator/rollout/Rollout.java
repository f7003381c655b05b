package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out as stored in the database.
 *
 * @param id its id
 * @param baseline the alias's version until the roll-out finishes
 * @param definition the operator's definition, with all defaults
 * @param state its state
 * @param group number of the group that is open or opens next, from 0; the number of groups once all have passed
 * @param message why it is paused or ended
 * @param events number of its events
 * @param devicesDeletedAt since when its devices are no longer listed; its groups keep their counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Rollout(
        String id,
        int baseline,
        @JsonIgnore RolloutDefinition definition,
        RolloutState state,
        @JsonIgnore int group,
        @Nullable String message,
        @JsonIgnore int events,
        String createdBy,
        Instant createdAt,
        @Nullable String approvedBy,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Instant devicesDeletedAt) {

    String model() {
        return definition.model();
    }

    String alias() {
        return definition.alias();
    }

    int version() {
        return definition.version();
    }

    /** Returns the name of a group for people: its own, or its number from 1. */
    String groupName(int number) {
        String name = definition.groups().get(number).name();
        return name == null ? "group " + (number + 1) : "group '" + name + "'";
    }

    Rollout in(RolloutState next, @Nullable String why, Instant now) {
        Instant started = startedAt == null && next == RolloutState.RUNNING ? now : startedAt;
        return with(next, group, why, events, approvedBy, started, next.isOver() ? now : null);
    }

    Rollout approved(String by) {
        return with(state, group, message, events, by, startedAt, endedAt);
    }

    Rollout atGroup(int next) {
        return with(state, next, message, events, approvedBy, startedAt, endedAt);
    }

    Rollout withEvent() {
        return with(state, group, message, events + 1, approvedBy, startedAt, endedAt);
    }

    private Rollout with(
            RolloutState otherState,
            int otherGroup,
            @Nullable String why,
            int count,
            @Nullable String approver,
            @Nullable Instant started,
            @Nullable Instant ended) {
        return new Rollout(
                id,
                baseline,
                definition,
                otherState,
                otherGroup,
                why,
                count,
                createdBy,
                createdAt,
                approver,
                started,
                ended,
                devicesDeletedAt);
    }
}
