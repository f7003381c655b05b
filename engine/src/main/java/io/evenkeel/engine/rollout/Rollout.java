package io.evenkeel.engine.rollout;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.text.DurationText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out's state and its transitions. Transitions that operators request are refused with
 * {@code rollout-state} if the state does not permit them.
 *
 * @param id its id
 * @param baseline the alias's version until the roll-out finishes
 * @param definition the operator's definition, with all defaults
 * @param state its state
 * @param group number of the group that is open or opens next, from 0; the number of groups once all have passed
 * @param message the reason why it is paused or ended
 * @param events number of its events
 * @param devicesDeletedAt the time when the list of its devices was deleted; its groups keep their counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rollout(
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

    /**
     * A transition.
     *
     * @param rollout the roll-out after it
     * @param type the event that reports it
     * @param group the number of the group concerned, from 1
     * @param by the operator who did it; null if a rule did
     * @param detail the reason
     */
    public record Change(
            Rollout rollout,
            RolloutEventType type,
            @Nullable Integer group,
            @Nullable String by,
            @Nullable String detail) {}

    /** Creates a roll-out, which starts immediately unless it waits for approval. */
    public static Change create(String id, int baseline, RolloutDefinition definition, String by, Instant now) {
        boolean waits = definition.approval();
        return new Rollout(
                        id,
                        baseline,
                        definition,
                        waits ? RolloutState.WAITING : RolloutState.RUNNING,
                        0,
                        null,
                        0,
                        by,
                        now,
                        null,
                        waits ? null : now,
                        null,
                        null)
                .change(waits ? RolloutEventType.WAITING : RolloutEventType.STARTED, null, by, null);
    }

    public String model() {
        return definition.model();
    }

    public String alias() {
        return definition.alias();
    }

    public int version() {
        return definition.version();
    }

    /** Returns a group's display name: its own, or its number from 1. */
    String groupName(int number) {
        String name = definition.groups().get(number).name();
        return name == null ? "group " + (number + 1) : "group '" + name + "'";
    }

    /**
     * Starts a roll-out that waits for approval.
     *
     * @param samePerson the reason why the approver may be the same person as the creator; empty for two people
     * @throws ProblemException {@code rollout-state}, or {@code second-operator-needed}
     */
    public Change approve(String by, Optional<String> samePerson, Instant now) {
        require(state == RolloutState.WAITING, "waits for no approval");
        samePerson.ifPresent(why -> {
            throw ProblemKind.SECOND_OPERATOR_NEEDED.because(
                    "roll-out " + id + " was created by '" + createdBy + "': " + why,
                    "another operator must approve it, with an independent token; or stop it and create it again");
        });
        return with(RolloutState.RUNNING, group, null, by, now).change(RolloutEventType.STARTED, null, by, null);
    }

    /** Pauses the roll-out for an operator. */
    public Change pause(String by, @Nullable String reason, Instant now) {
        require(state == RolloutState.RUNNING, "is not running");
        requireDecidedHere();
        return paused(by, Objects.requireNonNullElse(reason, "an operator has paused it"), now);
    }

    /** Resumes the roll-out for an operator; the time of its group restarts. */
    public Change resume(String by, Instant now) {
        require(state == RolloutState.PAUSED, "is not paused");
        requireDecidedHere();
        return resumed(by, now);
    }

    /** Checks that an operator may end the open group. */
    public void requireSkippable(boolean isGroupOpen) {
        require(state == RolloutState.RUNNING || state == RolloutState.PAUSED, "is not in progress");
        requireDecidedHere();
        require(isGroupOpen, "has no open group yet");
    }

    /** Stops the roll-out for an operator: devices return to the alias's version. */
    public Change stop(String by, @Nullable String reason, Instant now) {
        require(!state.isOver(), "is over");
        return stopped(by, Objects.requireNonNullElse(reason, "an operator has stopped it"), now);
    }

    /** Opens the roll-out's next group. */
    public Change opened(OpenedGroup opened, GroupExtent extent) {
        String away = extent.seen() == extent.devices()
                ? ""
                : ", " + extent.seen() + " of them seen within " + DurationText.of(definition.seenWithin());
        String detail = extent.devices() + " devices" + away
                + GroupNotices.tooFew(definition, opened, DeviceCounts.NONE)
                        .map(notice -> "; " + notice.text())
                        .orElse("");
        return change(RolloutEventType.GROUP_OPENED, opened.number(), null, detail);
    }

    /** Pauses the roll-out for any reason. */
    public Change paused(@Nullable String by, String why, Instant now) {
        return with(RolloutState.PAUSED, group, why, approvedBy, now).change(RolloutEventType.PAUSED, group, by, why);
    }

    /** Resumes the roll-out for any reason. */
    public Change resumed(String by, Instant now) {
        return with(RolloutState.RUNNING, group, null, approvedBy, now)
                .change(RolloutEventType.RESUMED, group, by, null);
    }

    /** Stops the roll-out for any reason; the alias has never moved. */
    public Change stopped(@Nullable String by, String why, Instant now) {
        return with(RolloutState.STOPPED, group, why, approvedBy, now)
                .change(RolloutEventType.STOPPED, startedAt == null ? null : group, by, why);
    }

    /**
     * Ends the open group. After the last group the roll-out is finished, with a second change, and the alias points to
     * its version.
     */
    public List<Change> groupEnded(OpenedGroup.State how, @Nullable String by, @Nullable String why, Instant now) {
        Change ended = with(RolloutState.RUNNING, group + 1, null, approvedBy, now)
                .change(
                        how == OpenedGroup.State.SKIPPED
                                ? RolloutEventType.GROUP_SKIPPED
                                : RolloutEventType.GROUP_PASSED,
                        group,
                        by,
                        why);
        Rollout next = ended.rollout();
        return next.group < definition.groups().size()
                ? List.of(ended)
                : List.of(
                        ended,
                        next.with(RolloutState.FINISHED, next.group, null, approvedBy, now)
                                .change(RolloutEventType.FINISHED, null, by, null));
    }

    private Change change(
            RolloutEventType type, @Nullable Integer number, @Nullable String by, @Nullable String detail) {
        Rollout counted = new Rollout(
                id,
                baseline,
                definition,
                state,
                group,
                message,
                events + 1,
                createdBy,
                createdAt,
                approvedBy,
                startedAt,
                endedAt,
                devicesDeletedAt);
        return new Change(counted, type, number == null ? null : number + 1, by, detail);
    }

    private Rollout with(
            RolloutState next, int nextGroup, @Nullable String why, @Nullable String approver, Instant now) {
        return new Rollout(
                id,
                baseline,
                definition,
                next,
                nextGroup,
                why,
                events,
                createdBy,
                createdAt,
                approver,
                startedAt == null && next == RolloutState.RUNNING ? now : startedAt,
                next.isOver() ? now : null,
                devicesDeletedAt);
    }

    private void requireDecidedHere() {
        require(
                definition.upstream() == null,
                "follows roll-out " + definition.upstream()
                        + " of the coordinator above, where it can be paused, resumed and skipped; here it can only be"
                        + " stopped");
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw wrongState(what);
        }
    }

    /** Refuses an action that the state does not permit. */
    ProblemException wrongState(String what) {
        return ProblemKind.ROLLOUT_STATE
                .because("roll-out " + id + " is " + state.text() + ": it " + what, "see GET /api/v1/rollouts/" + id)
                .with("state", state.text());
    }
}
