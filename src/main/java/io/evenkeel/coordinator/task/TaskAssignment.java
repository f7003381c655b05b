package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.RunStalls;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.model.ModelDigests;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Assigns tasks to devices. Thread-safe. */
@Component
public class TaskAssignment {

    private static final long REPLICA_HEADER_BYTES = 32;

    private final RunRepository runs;
    private final Members members;
    private final Updates updates;
    private final RunHistories histories;
    private final ModelDigests digests;
    private final OpenRoundCache openRounds;
    private final RunStalls stalls;
    private final DurableTransactions transactions;

    TaskAssignment(
            RunRepository runs,
            Members members,
            Updates updates,
            RunHistories histories,
            ModelDigests digests,
            OpenRoundCache openRounds,
            RunStalls stalls,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.updates = updates;
        this.histories = histories;
        this.digests = digests;
        this.openRounds = openRounds;
        this.stalls = stalls;
        this.transactions = transactions;
    }

    /**
     * A device's request for a task.
     *
     * @param run the run
     * @param client the device
     * @param after the last model that the device has finished with; only later rounds are assigned, unless the run
     *     does not have this model
     * @param replica the round of the device's replica of x and S, or of its model with a lossy downlink; null if it
     *     has none
     * @param sequence the number of receipts that the device has in this run; null if unknown
     */
    public record Question(
            PlanCache.Known run,
            String client,
            ModelName after,
            @Nullable Integer replica,
            @Nullable Long sequence) {

        /**
         * Returns whether the device has receipts that the run does not know, because the database was restored to an
         * earlier state.
         */
        boolean isAheadOf(@Nullable MemberRow member) {
            return member != null && sequence != null && sequence > member.sequence();
        }

        private ProblemException ahead(MemberRow member, Run run) {
            return ProblemKind.HISTORY_LOST
                    .because(
                            "run '" + run.name() + "' has " + member.sequence() + " messages of this device, which has "
                                    + sequence + " receipts: its database was restored to an earlier state",
                            "adopt the state that GET /api/v1/runs/" + run.name()
                                    + "/members/me shows, and ask for the task")
                    .with("openRound", run.openRound());
        }
    }

    /**
     * The state of a run on which tasks depend. No waiting device gets a task while it is unchanged.
     *
     * @param state the run's state
     * @param closing whether the open round is frozen
     * @param round the open round
     * @param extended how often the round was extended
     * @param history the history of the open round's model
     */
    record Version(
            RunState state,
            boolean closing,
            int round,
            int extended,
            @Nullable String history) {

        /**
         * Returns whether a device may get an answer at once, because it has not finished with the open round's model.
         */
        boolean mayAnswer(ModelName after) {
            return state != RunState.RUNNING || round > after.round() || after.isLost(round, history);
        }
    }

    /** Returns the version of a run; empty if it was deleted. */
    Optional<Version> version(long run) {
        return transactions.read(() -> runs.findById(run)
                .map(found -> new Version(
                        found.state(),
                        found.current().isClosing(),
                        found.round(),
                        found.current().extended(),
                        histories.of(run, found.round()))));
    }

    /** The reply to a request: a task, no task at present, or a refusal. */
    record Reply(@Nullable Task task, @Nullable ProblemException refusal) {
        private static final Reply NOTHING_NOW = new Reply(null, null);
    }

    /**
     * Returns the task; empty if there is none at present. There is none if the run has not started or is paused, if
     * the device has answered the open round or was not drawn for it, or while the round is being closed.
     *
     * @throws ProblemException {@code member-not-found}, {@code history-lost}
     */
    Optional<Task> answer(Question question) {
        Reply reply = answer(question.run(), List.of(question)).get(0);
        if (reply.refusal() != null) {
            throw reply.refusal();
        }
        return Optional.ofNullable(reply.task());
    }

    /** Answers requests about one run, in order, with one query of the members. Must not be called in a transaction. */
    List<Reply> answer(PlanCache.Known known, List<Question> questions) {
        BitSet heard = new BitSet();
        List<Reply> replies = transactions.read(() -> {
            Run run = runs.get(known.run());
            Map<String, MemberRow> present = members.present(
                    run, questions.stream().map(Question::client).toList());
            Batch batch = new Batch(run, new HashMap<>(), new HashMap<>());
            return questions.stream()
                    .map(question -> {
                        MemberRow member = present.get(question.client());
                        if (member != null && run.state().hasOpenRound() && openRounds.wasSilent(run, member)) {
                            heard.set(member.ordinal());
                        }
                        return reply(batch, member, question);
                    })
                    .toList();
        });
        if (!heard.isEmpty()) {
            transactions.write(() -> openRounds.heard(runs.locked(known.run()), heard));
        }
        return replies.stream().map(reply -> withDigest(known, reply)).toList();
    }

    /**
     * The data that the answers of one batch share.
     *
     * @param run the run
     * @param updateBytes the sizes of updates by their first round
     * @param histories the histories of models by round
     */
    private record Batch(Run run, Map<Integer, OptionalLong> updateBytes, Map<Integer, Optional<String>> histories) {}

    private @Nullable String history(Batch batch, int round) {
        return batch.histories()
                .computeIfAbsent(
                        round,
                        number -> Optional.ofNullable(histories.of(batch.run().id(), number)))
                .orElse(null);
    }

    /** Adds the digest of the model, or withdraws the task if its round has been closed. */
    private Reply withDigest(PlanCache.Known known, Reply reply) {
        Task task = reply.task();
        if (task == null || task.state().isOver()) {
            return reply;
        }
        return digests.of(known, new ModelName(task.round(), task.history()))
                .map(digest -> new Reply(task.withDigest(digest), null))
                .orElse(Reply.NOTHING_NOW);
    }

    private Reply reply(Batch batch, @Nullable MemberRow member, Question question) {
        Run run = batch.run();
        ModelName after = question.after();
        String own = after.history() == null ? null : history(batch, after.round());
        boolean isAhead = question.isAheadOf(member);
        boolean isLost = isAhead || after.isLost(run.openRound(), own);
        boolean hasWork = member != null && (isLost || run.round() > after.round()) && openRounds.asks(run, member);
        if (member != null && (hasWork || run.state().isOver())) {
            return new Reply(task(batch, question, isLost), null);
        }
        if (isAhead && member != null) {
            return refusal(run, question.ahead(member, run));
        }
        // Devices with earlier versions send no history and do not know this problem.
        if (isLost && after.history() != null) {
            return refusal(run, after.lost(run.name(), run.openRound(), own));
        }
        return member == null ? new Reply(null, JoinRules.notFound(run.name(), question.client())) : Reply.NOTHING_NOW;
    }

    /** Refuses a request; if the run is stalled, the response says why, because the device waits for the run. */
    private Reply refusal(Run run, ProblemException problem) {
        return new Reply(
                null,
                stalls.of(run).map(stall -> problem.with("stalled", stall)).orElse(problem));
    }

    private Task task(Batch batch, Question question, boolean isLost) {
        Run run = batch.run();
        ValidatedPlan plan = question.run().plan();
        Integer replica = question.replica();
        boolean hasUpdate = plan.hasUpdates() && replica != null && replica >= 0 && replica <= run.round();
        OptionalLong updateBytes = !hasUpdate
                ? OptionalLong.empty()
                : batch.updateBytes().computeIfAbsent(replica, since -> updates.bytes(run.id(), since, run.round()));
        // Before the first step S is zero and x may be float32; later both are float64.
        long replicaBytes = (run.round() == 0 ? 4L : 16L) * plan.dimension() + REPLICA_HEADER_BYTES;
        return new Task(
                run.name(),
                run.state(),
                run.round(),
                plan.denseBytes(),
                updateBytes.isPresent() ? (Long) updateBytes.getAsLong() : null,
                replicaBytes,
                run.current().deadline(),
                plan.secureAggregation() == null || run.state().isOver()
                        ? null
                        : (Integer) run.current().extended(),
                history(batch, run.round()),
                null,
                isLost ? Boolean.TRUE : null);
    }
}
