package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.definition.DefinitionPatch;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RevisionTable;
import io.evenkeel.coordinator.run.RunChain;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.DefinitionField;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes the definitions of active runs. Thread-safe.
 *
 * <p>A change is one transaction under the run's lock: a row of the table {@code run_revision} and its number in the run's row. The
 * transaction that opens the next round reads that number under the same lock. So a round follows a change completely
 * or not at all, whichever replica opens it, and even after a crash.
 */
@Component
public class RunChanges {

    /** The maximum number of revisions of a run, which are stored permanently. */
    private static final int MAX_REVISIONS = 1000;

    private static final int MAX_SUMMARY_LENGTH = 1000;

    private final RunRepository runs;
    private final Members members;
    private final RunRules rules;
    private final RevisionTable revisions;
    private final RunChain chain;
    private final DefinitionPatch patches;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    RunChanges(
            RunRepository runs,
            Members members,
            RunRules rules,
            RevisionTable revisions,
            RunChain chain,
            DefinitionPatch patches,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.rules = rules;
        this.revisions = revisions;
        this.chain = chain;
        this.patches = patches;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /**
     * A change requested by an operator.
     *
     * @param patch a merge patch of the definition
     * @param revision the newest revision known to the operator; null if the change does not depend on it
     * @param operator the operator's name
     * @param reason the reason, in the operator's words
     */
    public record Wish(
            ObjectNode patch,
            @Nullable Integer revision,
            String operator,
            @Nullable String reason) {}

    /**
     * Returns the effect of a change without making it.
     *
     * @throws ProblemException as for {@link #change}
     */
    Revision preview(long run, Wish wish) {
        return transactions.read(() -> plan(runs.get(run), wish).revision());
    }

    /**
     * Changes a run's definition from the next round on.
     *
     * @return the new revision; if nothing changes, one with the number of the newest revision and no changes
     * @throws ProblemException {@code invalid} or {@code fixed-field} with every field concerned,
     *     {@code definition-changed} if there is a newer revision than the one in the request,
     *     {@code wrong-state} if the run is over and fields other than its description and tags would change,
     *     {@code busy} if weights must change while a round is being closed
     */
    public Revision change(long id, Wish wish) {
        Revision done = transactions.write(() -> {
            Run run = runs.locked(id);
            Planned planned = plan(run, wish);
            Revision revision = planned.revision();
            if (!revision.changes().isEmpty()) {
                revisions.insert(id, revision);
                chain.append(run, revision);
                run.revise(revision.changedAt(), revision.number(), summary(revision));
                if (!run.state().isOver()) {
                    members.limitWeights(run, RoundRules.of(planned.definition()));
                }
            }
            return revision;
        });
        events.publishEvent(new RunChanged(id));
        return done;
    }

    /** Returns the change in one line, such as {@code revision 1 by ada: rounds 100 -> 200}. */
    private static String summary(Revision revision) {
        String changes = revision.changes().stream()
                .map(change -> change.field() + " " + shown(change.from()) + " -> " + shown(change.to()))
                .collect(Collectors.joining(", "));
        String text = "revision " + revision.number() + " by " + revision.changedBy() + ": " + changes;
        return text.length() <= MAX_SUMMARY_LENGTH ? text : text.substring(0, MAX_SUMMARY_LENGTH - 1) + "…";
    }

    private static Object shown(@Nullable Object value) {
        return value == null ? "none" : value instanceof String text ? text.replace('\n', ' ') : value;
    }

    /** Returns a run's revisions in order. */
    List<Revision> list(long run) {
        return transactions.read(() -> revisions.list(run));
    }

    private record Planned(RunDefinition definition, Revision revision) {}

    private Planned plan(Run run, Wish wish) {
        if (run.state().isOver() && !isNotes(wish.patch())) {
            throw ProblemKind.WRONG_STATE
                    .because(
                            "run '" + run.name() + "' is " + run.state().text()
                                    + ": of its definition, only description and tags can change",
                            "create a new run, which can start from this run's model (initialModel: uploaded)")
                    .with("state", run.state().text());
        }
        if (wish.revision() != null && wish.revision() != run.revision()) {
            throw changedMeanwhile(run, wish.revision());
        }
        DefinitionPatch.Result result = patches.merge(rules.current(run).definition(), wish.patch());
        if (!run.state().isOver()) {
            requireRoundsLeft(run, RoundRules.of(result.definition()).rounds());
        }
        boolean changes = !result.changes().isEmpty();
        if (changes && run.revision() >= MAX_REVISIONS) {
            throw ProblemKind.CONFLICT.because(
                    "run '" + run.name() + "' was changed " + MAX_REVISIONS + " times, which is the limit",
                    "leave it as it is, or create a new run");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Planned(
                result.definition(),
                new Revision(
                        run.revision() + (changes ? 1 : 0),
                        run.openRound() + 1,
                        now,
                        wish.operator(),
                        wish.reason(),
                        result.changes()));
    }

    private static boolean isNotes(ObjectNode patch) {
        return patch.properties().stream()
                .allMatch(field -> DefinitionField.of(field.getKey())
                        .filter(DefinitionField::isNote)
                        .isPresent());
    }

    private static void requireRoundsLeft(Run run, int rounds) {
        int least = run.openRound() + 1;
        if (rounds < least) {
            FieldErrors errors = new FieldErrors();
            errors.require(
                    false,
                    "rounds",
                    () -> "is " + rounds + ", expected at least " + least + ": round " + run.round()
                            + " is open, and its messages are already accepted; cancel ends the run immediately");
            throw errors.toProblem();
        }
    }

    private ProblemException changedMeanwhile(Run run, int known) {
        ProblemException refusal = ProblemKind.DEFINITION_CHANGED.because(
                "the definition of run '" + run.name() + "' is at revision " + run.revision() + ", not " + known,
                "see the changes at GET /api/v1/runs/" + run.name() + "/revisions, then send this one with"
                        + " \"revision\": " + run.revision() + " if it is still correct");
        return refusal.with("revision", run.revision());
    }
}
