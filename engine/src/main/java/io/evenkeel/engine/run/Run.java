package io.evenkeel.engine.run;

import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.StopConditions;
import io.evenkeel.engine.definition.StopProgress;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run: its state, its open round, and the transitions between states, each of which adds its events. Not thread-safe.
 *
 * <p>It is a row of the table {@code run}; the coordinator's {@code orm.xml} maps its columns. A transaction that
 * changes a run, its members or its messages first locks this row, so changes of one run never overlap, on any replica.
 */
public class Run {

    private @Nullable Long id;

    private String name;

    private String definition;

    private RunState state;

    private int round;

    private Instant createdAt;

    private CurrentRound current;

    private @Nullable Instant startedAt;
    private @Nullable Instant pausedAt;

    private @Nullable Instant endedAt;

    /** The time from which the run is hidden; its rows are deleted in the background. */
    @SuppressWarnings("UnusedVariable") // read by the restriction above
    private @Nullable Instant deletedAt;

    private boolean stationary;
    private @Nullable String message;
    private int revision;
    private @Nullable String chainFault;

    private @Nullable StopReason stopReason;

    private StopProgress progress;

    private long newestEvent;

    /** Events to insert in the transaction of their change. Not loaded: {@code RunEventTable} reads events. */
    private List<RunEvent> newEvents = new ArrayList<>();

    /** The epoch of the lease, which other components modify. */
    private long leaseEpoch;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected Run() {}

    /** A new run in state {@code created}; {@code definition} is the checked definition as JSON. */
    public Run(String name, String definition, Instant now) {
        this.name = name;
        this.definition = definition;
        this.state = RunState.CREATED;
        this.createdAt = now;
        this.current = new CurrentRound();
        this.progress = StopProgress.NONE;
    }

    /** Leaves {@code created} by opening round 0. */
    public void start(Instant now, Duration time) {
        require(state == RunState.CREATED, "start", "only a run in state created can be started");
        state = RunState.RUNNING;
        startedAt = now;
        happened(RunEventType.RUN_STARTED, now, null);
        open(0, now, time);
    }

    /**
     * Stops closing rounds and handing out work.
     *
     * @param why a reason for the operator; null if the operator requested it
     */
    public void pause(Instant now, @Nullable String why) {
        require(state == RunState.RUNNING, "pause", "only a running run can be paused");
        state = RunState.PAUSED;
        pausedAt = now;
        message = why == null ? message : why;
        happened(RunEventType.RUN_PAUSED, now, why);
    }

    /**
     * Pauses a running run until objects that its rows refer to are back in the object store. If it is already paused
     * for that reason, replaces the message.
     *
     * @param why the missing objects
     */
    public void lackObjects(Instant now, String why) {
        if (state == RunState.RUNNING) {
            pause(now, why);
            stopReason = StopReason.OBJECTS_MISSING;
        } else if (lacksObjects()) {
            message = why;
        }
    }

    /** Returns whether it is paused until objects are back in the object store. */
    public boolean lacksObjects() {
        return state == RunState.PAUSED && stopReason == StopReason.OBJECTS_MISSING;
    }

    /** Resumes; the open round's deadline moves by the length of the pause. */
    public void resume(Instant now) {
        require(state == RunState.PAUSED, "resume", "only a paused run can be resumed");
        boolean lackedObjects = lacksObjects();
        state = RunState.RUNNING;
        if (pausedAt != null) {
            current.prolong(Duration.between(pausedAt, now));
        }
        pausedAt = null;
        message = null;
        if (stopReason != null && !lackedObjects) {
            progress = progress.restart(round);
        }
        stopReason = null;
        happened(RunEventType.RUN_RESUMED, now, null);
    }

    /**
     * Stops the run from advancing, because its stored data does not match its hash chain.
     *
     * @param what the mismatch, and what to do
     */
    public void distrust(Instant now, String what) {
        if (what.equals(chainFault)) {
            return;
        }
        chainFault = what;
        happened(RunEventType.RUN_CHAIN_BROKEN, now, what);
        if (state == RunState.RUNNING) {
            pause(now, what);
        } else if (state == RunState.PAUSED) {
            message = what;
        }
    }

    /** Reverts {@link #distrust}, because the stored data matches again. */
    public void trust() {
        chainFault = null;
    }

    /**
     * Returns whether the run follows the right changes of its definition.
     *
     * @param newest the number of the newest change, which the next round follows
     * @param ofOpenRound the number of the change that the open round follows
     */
    public boolean follows(int newest, int ofOpenRound) {
        return revision == newest && (!state.hasOpenRound() || current.revision() == ofOpenRound);
    }

    /** Returns whether its stored data did not match its hash chain at the last check. */
    public boolean isDistrusted() {
        return chainFault != null;
    }

    /**
     * Cancels the run permanently; the newest model stays.
     *
     * @param why a reason for the operator; null if the operator requested it
     */
    public void cancel(Instant now, @Nullable String why) {
        require(!state.isOver(), "cancel", "it is already over");
        end(RunState.CANCELLED, now, why);
        happened(RunEventType.RUN_CANCELLED, now, why);
    }

    /** Hides the run permanently. A run that was never started is cancelled, so that no device waits for it. */
    public void delete(Instant now) {
        requireDeletable();
        if (state == RunState.CREATED) {
            cancel(now, null);
        }
        deletedAt = now;
    }

    /**
     * Refuses if the run is active.
     *
     * @throws ProblemException {@code wrong-state}
     */
    public void requireDeletable() {
        require(!state.hasOpenRound(), "delete", "cancel it first");
    }

    /**
     * Returns whether a round remains to be closed: it has been frozen but not closed, and the run has neither ended
     * nor been found to differ from its hash chain.
     */
    public boolean isClosing(int round) {
        return current.isClosing() && this.round == round && state.hasOpenRound() && !isDistrusted();
    }

    /**
     * Returns whether the lease with this epoch is still the newest; a holder of another one must not change
     * anything.
     */
    public boolean isLeasedIn(long epoch) {
        return leaseEpoch == epoch;
    }

    /**
     * Advances after a closed round: the next one opens, or the run finishes or pauses because of a stop condition.
     *
     * @param open the rules that the closed round followed
     * @param next the rules that the next round follows
     * @param trend the losses including the closed round's
     * @param closed the closed round's figures
     * @param head the head of the run's hash chain, including the closed round
     */
    public void completeRound(
            Instant now,
            RoundRules open,
            RoundRules next,
            LossTrend trend,
            StopConditions.ClosedRound closed,
            boolean wasStationary,
            String head) {
        stationary = wasStationary;
        happened(RunEventType.ROUND_CLOSED, now, "chain " + head);
        if (current.extended() >= StalledRound.EXTENSIONS) {
            happened(RunEventType.RUN_RECOVERED, now, null);
        }
        StopConditions.Judgement judgement = open.stop().judge(progress, trend, closed);
        progress = judgement.progress();
        StopReason reason = round + 1 >= next.rounds() ? StopReason.ROUNDS : judgement.reason();
        if (reason != null && reason.isFinal()) {
            String detail =
                    reason == StopReason.ROUNDS ? null : "stopped after round " + round + ": " + judgement.detail();
            round++;
            end(
                    RunState.FINISHED,
                    now,
                    Stream.of(detail, judgement.caution())
                            .filter(Objects::nonNull)
                            .reduce((one, other) -> one + "; " + other)
                            .orElse(null));
            happened(RunEventType.RUN_FINISHED, now, message);
        } else {
            if (reason == StopReason.DIVERGENCE) {
                happened(RunEventType.RUN_DIVERGED, now, judgement.detail());
            }
            open(round + 1, now, next.maxTime());
            restartCounting(open, next);
            if (reason != null && state == RunState.RUNNING) {
                pause(now, judgement.detail());
            } else if (state == RunState.PAUSED) {
                message = reason == null ? message : judgement.detail();
                pausedAt = now;
            }
        }
        if (!lacksObjects() || reason != null) {
            stopReason = reason;
        }
    }

    /**
     * Changes the definition: the next round follows the given revision.
     *
     * @param what the changes, for readers of the run's events
     */
    public void revise(Instant now, int number, String what) {
        revision = number;
        happened(RunEventType.RUN_CHANGED, now, what);
    }

    /**
     * Gives the open round more time, because too few members have answered; it follows the newest revision
     * from then on.
     *
     * @param open the rules that it has followed so far
     * @param next the rules of the newest revision
     */
    public void extend(Instant now, RoundRules open, RoundRules next) {
        extend(now, open, next, "too few messages when it timed out");
    }

    /**
     * Gives the open round more time as {@link #extend(Instant, RoundRules, RoundRules)} does, for another reason.
     *
     * @param why the reason for the extension
     */
    public void extend(Instant now, RoundRules open, RoundRules next, String why) {
        current.extend(now.plus(next.maxTime()), revision);
        restartCounting(open, next);
        int times = current.extended();
        message = "round " + round + " was extended " + times + (times == 1 ? " time: " : " times: ") + why;
        happened(times == 1 ? RunEventType.ROUND_QUORUM_MISSED : RunEventType.ROUND_EXTENDED, now, message);
        if (times == StalledRound.EXTENSIONS) {
            happened(RunEventType.RUN_STALLED, now, message);
        }
    }

    /** Freezes the open round without messages, because its cohort's messages cannot be added. */
    public void loseCohort(Instant now, String why) {
        current.beginClosing();
        happened(RunEventType.ROUND_COHORT_LOST, now, why);
    }

    /**
     * Records that the rounds from the open round onward are skipped: they close without messages and without
     * a step.
     *
     * @param what the rounds, and the reason
     */
    public void skipRounds(Instant now, String what) {
        happened(RunEventType.ROUNDS_SKIPPED, now, what);
    }

    /** Records that a member is excluded from cohorts from now on. */
    public void leaveOut(Instant now, String who) {
        happened(
                RunEventType.MEMBER_LEFT_OUT,
                now,
                who + ": in two rounds it sent wrong shares, or falsely accused others of it");
    }

    /**
     * Records that members report losses that are inconsistent with their gradients.
     *
     * @param what the members, and what to do about them
     */
    public void doubtLosses(Instant now, String what) {
        happened(RunEventType.LOSSES_INCONSISTENT, now, what);
    }

    /**
     * Records that a device has receipts for messages that are lost.
     *
     * @param what the number of messages, their rounds and the device
     */
    public void loseMessages(Instant now, String what) {
        happened(RunEventType.HISTORY_LOST, now, what);
    }

    /** Fails the run because it cannot continue; the newest model stays. */
    public void fail(Instant now, String why) {
        end(RunState.FAILED, now, why);
        happened(RunEventType.RUN_FAILED, now, why);
    }

    /** Fails the run because its model would no longer be finite; the newest model stays. */
    public void diverge(Instant now, String why) {
        happened(RunEventType.RUN_DIVERGED, now, why);
        fail(now, why);
    }

    /** Resets the counts of the stop conditions, because counts for one metric or limit do not apply to another. */
    private void restartCounting(RoundRules before, RoundRules after) {
        if (!after.stop().countsLike(before.stop())) {
            progress = progress.restart(round);
        }
    }

    private void open(int next, Instant now, Duration time) {
        round = next;
        current.open(now, now.plus(time), revision);
        message = null;
        happened(RunEventType.ROUND_OPENED, now, null);
    }

    /** Records an event with this change. Must be called for every change that others are notified of. */
    private void happened(RunEventType type, Instant now, @Nullable String detail) {
        newEvents.add(new RunEvent(this, ++newestEvent, type, round, now, detail));
    }

    private void end(RunState ending, Instant now, @Nullable String why) {
        state = ending;
        endedAt = now;
        current.end();
        pausedAt = null;
        message = why;
    }

    private void require(boolean holds, String what, String otherwise) {
        if (!holds) {
            throw wrongState("cannot " + what + " run '" + name + "' in state " + state.text() + ": " + otherwise);
        }
    }

    /** Returns the refusal of an action that this run's state does not allow. */
    public ProblemException wrongState(String detail) {
        return ProblemKind.WRONG_STATE
                .because(detail, "see the run's state at GET /api/v1/runs/" + name)
                .with("state", state.text());
    }

    /** Returns the key in the database. */
    public long id() {
        if (id == null) {
            throw new IllegalStateException("run '" + name + "' has not been saved yet");
        }
        return id;
    }

    public String name() {
        return name;
    }

    /** Returns the definition as JSON. */
    public String definition() {
        return definition;
    }

    public RunState state() {
        return state;
    }

    /** Returns k: the number of the open round and of the newest model; R once finished. */
    public int round() {
        return round;
    }

    /** Returns the state of the open round. */
    public CurrentRound current() {
        return current;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Returns the open round, -1 before the start. */
    public int openRound() {
        return state == RunState.CREATED ? -1 : round;
    }

    /** Returns whether the last closed round's direction was zero. */
    public boolean stationary() {
        return stationary;
    }

    /** Returns the time when round 0 opened, null before. */
    public @Nullable Instant startedAt() {
        return startedAt;
    }

    /** Returns the time when it was paused, null if it is not. */
    public @Nullable Instant pausedAt() {
        return pausedAt;
    }

    /** Returns the time when it ended, null if it is not over. */
    public @Nullable Instant endedAt() {
        return endedAt;
    }

    /** Returns the reason why it ended or paused automatically, null if it did not. */
    public @Nullable StopReason stopReason() {
        return stopReason;
    }

    /** Returns the open round if it has stalled; empty if the run makes progress or is not running. */
    public Optional<StalledRound> stalled(Instant now) {
        return StalledRound.isOf(state, current.isClosing(), current.deadline(), current.extended(), now)
                ? Optional.of(new StalledRound(
                        id(),
                        round,
                        Objects.requireNonNull(current.openedAt(), "a running run has an open round"),
                        current.accepted(),
                        current.extended(),
                        message))
                : Optional.empty();
    }

    /** Returns the number of the newest revision of the definition, 0 if it was never changed. */
    public int revision() {
        return revision;
    }

    /** Returns the events of the changes made since it was read. */
    List<RunEvent> newEvents() {
        return List.copyOf(newEvents);
    }

    /** Returns the notice for the operator, if any. */
    public @Nullable String message() {
        return message;
    }
}
