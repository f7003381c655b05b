package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Rebuilds the models of active runs after startup, so that a run whose model cannot be rebuilt stops at once. */
@Component
class ModelRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ModelRecovery.class);

    private final RunRepository runs;
    private final Models models;
    private final RunAdmission admission;
    private final CorruptionHandler corruption;
    private final DurableTransactions transactions;

    ModelRecovery(
            RunRepository runs,
            Models models,
            RunAdmission admission,
            CorruptionHandler corruption,
            DurableTransactions transactions) {
        this.runs = runs;
        this.models = models;
        this.admission = admission;
        this.corruption = corruption;
        this.transactions = transactions;
    }

    /** Rebuilds all models, the oldest run first; running runs that do not fit into memory are paused. */
    void rebuild() {
        List<Run> underWay = transactions.read(runs::findAllByOrderByIdDesc).stream()
                .filter(run -> run.state().hasOpenRound())
                .sorted(Comparator.comparingLong(Run::id))
                .toList();
        underWay.forEach(this::rebuild);
    }

    private void rebuild(Run run) {
        try {
            if (run.state() == RunState.PAUSED || admission.admit(run.id())) {
                corruption.stopping(run.id(), () -> models.onNewest(run.id(), run.round(), model -> model));
            }
        } catch (ProblemException e) {
            LOG.warn("The model of run {} was not rebuilt: {}", run.name(), e.detail());
        } catch (RuntimeException e) {
            LOG.error("The model of run {} cannot be rebuilt; the next closing will try again", run.name(), e);
        }
    }
}
