package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.definition.DefinitionPatch;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/** Checks the revisions of an imported run and applies them. Works in the caller's transaction. */
@Component
public class ImportedRevisions {

    private final RevisionTable revisions;
    private final DefinitionPatch patch;
    private final RunTable runs;

    ImportedRevisions(RevisionTable revisions, DefinitionPatch patch, RunTable runs) {
        this.revisions = revisions;
        this.patch = patch;
        this.runs = runs;
    }

    /**
     * Checks the revisions that were inserted for a run and sets their numbers in the run's row.
     *
     * @param plan the run's plan
     * @param openRound the run's open round
     * @return the revisions in order
     * @throws DataIntegrityViolationException if they are not consecutive, or do not apply to the definition
     */
    public List<Revision> finish(long run, ValidatedPlan plan, int openRound) {
        try {
            List<Revision> all = revisions.list(run);
            int from = 0;
            for (int i = 0; i < all.size(); i++) {
                Revision revision = all.get(i);
                if (revision.number() != i + 1 || revision.fromRound() < from) {
                    throw new DataIntegrityViolationException("revision " + revision.number() + " from round "
                            + revision.fromRound() + " is not the one after revision " + i + " from round " + from);
                }
                from = revision.fromRound();
            }
            RunDefinition newest = patch.replay(plan.definition(), all, rules -> {});
            if (!patch.fixed(plan.definition(), ValidatedPlan.of(newest).definition())
                    .isEmpty()) {
                throw new DataIntegrityViolationException("the revisions change a field that cannot change");
            }
            long open = all.stream().filter(it -> it.fromRound() <= openRound).count();
            runs.setRevisions(run, all.size(), (int) open);
            return all;
        } catch (JacksonException | ProblemException | IllegalArgumentException | NullPointerException e) {
            throw new DataIntegrityViolationException("the revisions do not apply to the run's definition", e);
        }
    }
}
