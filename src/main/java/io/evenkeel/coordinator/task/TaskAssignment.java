package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.MemberRow;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
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
    private final OpenRoundCache openRounds;
    private final DurableTransactions transactions;

    TaskAssignment(
            RunRepository runs,
            Members members,
            Updates updates,
            OpenRoundCache openRounds,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.updates = updates;
        this.openRounds = openRounds;
        this.transactions = transactions;
    }

    /**
     * A device's request for a task.
     *
     * @param run the run
     * @param client the device
     * @param after only rounds later than this are assigned
     * @param replica the round of its replica of x and S, or of its model with a lossy downlink; null if it has none
     */
    public record Question(
            PlanCache.Known run,
            String client,
            int after,
            @Nullable Integer replica) {}

    /**
     * The state of a run on which tasks depend. While it is unchanged, no waiting device gets a task.
     *
     * @param state the run's state
     * @param closing whether the open round is frozen
     * @param round the open round
     * @param extended how often it was extended
     */
    record Version(RunState state, boolean closing, int round, int extended) {}

    /** Returns the version of a run; empty if it was deleted. */
    Optional<Version> version(long run) {
        return transactions.read(() -> runs.findById(run)
                .map(found -> new Version(
                        found.state(),
                        found.current().isClosing(),
                        found.round(),
                        found.current().extended())));
    }

    /** The reply to a request: a task, none at present, or a refusal. */
    record Reply(@Nullable Task task, @Nullable ProblemException refusal) {
        private static final Reply NOTHING_NOW = new Reply(null, null);
    }

    /**
     * Returns the task; empty if there is none at present: the run has not started or is paused, the device has answered the open
     * round or was not drawn for it, or the round is being closed.
     *
     * @throws ProblemException {@code member-not-found}
     */
    Optional<Task> answer(Question question) {
        Reply reply = answer(question.run(), List.of(question)).get(0);
        if (reply.refusal() != null) {
            throw reply.refusal();
        }
        return Optional.ofNullable(reply.task());
    }

    /** Answers many requests about one run, in order, with one query of the members. */
    List<Reply> answer(PlanCache.Known known, List<Question> questions) {
        BitSet heard = new BitSet();
        List<Reply> replies = transactions.read(() -> {
            Run run = runs.get(known.run());
            Map<String, MemberRow> present = members.present(
                    run, questions.stream().map(Question::client).toList());
            Map<Integer, OptionalLong> updateBytes = new HashMap<>();
            return questions.stream()
                    .map(question -> {
                        MemberRow member = present.get(question.client());
                        if (member != null && run.state().hasOpenRound() && openRounds.wasSilent(run, member)) {
                            heard.set(member.ordinal());
                        }
                        return reply(run, member, question, updateBytes);
                    })
                    .toList();
        });
        if (!heard.isEmpty()) {
            transactions.write(() -> openRounds.heard(runs.locked(known.run()), heard));
        }
        return replies;
    }

    private Reply reply(
            Run run, @Nullable MemberRow member, Question question, Map<Integer, OptionalLong> updateBytes) {
        if (member == null) {
            return new Reply(null, Members.notFound(run.name(), question.client()));
        }
        boolean hasWork = run.round() > question.after() && openRounds.asks(run, member);
        return hasWork || run.state().isOver() ? new Reply(task(run, question, updateBytes), null) : Reply.NOTHING_NOW;
    }

    private Task task(Run run, Question question, Map<Integer, OptionalLong> known) {
        ValidatedPlan plan = question.run().plan();
        Integer replica = question.replica();
        boolean hasUpdate = plan.hasUpdates() && replica != null && replica >= 0 && replica <= run.round();
        OptionalLong updateBytes = !hasUpdate
                ? OptionalLong.empty()
                : known.computeIfAbsent(replica, since -> updates.bytes(run.id(), since, run.round()));
        // Before the first step S is zero and x may be float32; later both are doubles.
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
                        : (Integer) run.current().extended());
    }
}
