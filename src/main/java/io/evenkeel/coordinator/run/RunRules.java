package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.definition.DefinitionPatch;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Finds the rules of open rounds and the newest definitions of runs. Thread-safe.
 *
 * <p>A run's row has the numbers of the newest revision and of the open round's revision. Revisions never change, so
 * these numbers show whether the cached state is current; a change by another replica is detected with the next row.
 */
@Component
public class RunRules {

    private final PlanCache plans;
    private final RevisionTable revisions;
    private final DefinitionPatch patch;
    private final Map<Long, History> histories = new ConcurrentHashMap<>();

    RunRules(PlanCache plans, RevisionTable revisions, DefinitionPatch patch) {
        this.plans = plans;
        this.revisions = revisions;
        this.patch = patch;
    }

    /** The rules by revision, starting with those at the run's creation, and the definition with the newest of them. */
    private record History(List<RoundRules> rules, RunDefinition newest) {

        boolean has(int revision) {
            return revision < rules.size();
        }
    }

    /**
     * A definition with all changes up to a revision.
     *
     * @param revision the number of the newest change, 0 for none
     * @param definition the definition
     */
    public record Current(int revision, RunDefinition definition) {}

    /** Returns the rules that a run's open round follows. */
    public RoundRules open(Run run) {
        return at(run.id(), run.current().revision());
    }

    /** Returns the rules that a run's open round follows. */
    public RoundRules open(RunRow run) {
        return at(run.id(), run.openRevision());
    }

    /** Returns the rules that a run's open round follows. */
    public RoundRules open(RunSnapshot run) {
        return at(run.id(), run.openRevision());
    }

    /** Returns the rules that the next round will follow. */
    public RoundRules next(RunSnapshot run) {
        return at(run.id(), run.revision());
    }

    /** Returns the rules that the next round will follow. */
    public RoundRules next(Run run) {
        return at(run.id(), run.revision());
    }

    /**
     * Switches an open round that is being extended to the rules of the next round, and returns them. Runs in the caller's
     * transaction, which has locked the run.
     */
    public RoundRules bringForward(Run run) {
        if (run.revision() > run.current().revision()) {
            revisions.bringForward(run.id(), run.round());
        }
        return next(run);
    }

    /** Returns the definition that the next round will follow. */
    public Current current(Run run) {
        History history = history(run.id(), run.revision());
        return new Current(history.rules().size() - 1, history.newest());
    }

    private RoundRules at(long run, int revision) {
        return history(run, revision).rules().get(revision);
    }

    private History history(long run, int revision) {
        History known = histories.get(run);
        if (known == null || !known.has(revision)) {
            known = read(run, revision);
            histories.put(run, known);
        }
        return known;
    }

    private History read(long run, int least) {
        RunDefinition created = plans.of(run).definition();
        List<RoundRules> rules = new ArrayList<>(List.of(RoundRules.of(created)));
        if (least == 0) {
            return new History(List.copyOf(rules), created);
        }
        RunDefinition newest = patch.replay(created, revisions.list(run), rules::add);
        return new History(List.copyOf(rules), newest);
    }
}
