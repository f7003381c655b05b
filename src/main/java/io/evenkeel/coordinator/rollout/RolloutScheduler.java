package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import org.springframework.stereotype.Component;

/** Advances all roll-outs by their rules, every few seconds. Every replica does this; see {@link RolloutSteps}. Thread-safe. */
@Component
class RolloutScheduler extends BackgroundWork {

    private final RolloutSteps steps;
    private final RolloutMetrics metrics;
    private final FailureLog failures;

    RolloutScheduler(RolloutSteps steps, RolloutMetrics metrics, RolloutSettings settings, FailureLog failures) {
        super("rollouts", settings.poll(), failures);
        this.steps = steps;
        this.metrics = metrics;
        this.failures = failures;
    }

    @Override
    protected void work() {
        for (String id : steps.underWay()) {
            if (isStopping()) {
                return;
            }
            try {
                steps.move(id);
            } catch (RuntimeException e) {
                failures.warn("Roll-out " + id + " could not be advanced; trying again", e);
            }
        }
        metrics.refresh();
    }
}
