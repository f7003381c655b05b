package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.deletion.DeletionByAge.Actor;
import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/**
 * Deletes records older than the maximum ages in the settings, if any are set. Thread-safe; several replicas
 * may run it concurrently.
 */
@Component
class AgePruning extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final Actor ACTOR = new Actor("evenkeel.retention.delete-after", "setting", "-");

    private final DeletionByAge deletion;
    private final DeletionSettings settings;

    AgePruning(DeletionByAge deletion, DeletionSettings settings, FailureLog failures) {
        super("deletion-by-age", settings.isOff() ? Duration.ZERO : PERIOD, failures);
        this.deletion = deletion;
        this.settings = settings;
    }

    @Override
    protected void work() {
        delete(DeletionByAge.EVALUATIONS, settings.evaluations());
        delete(DeletionByAge.RUNS, settings.runs());
        delete(DeletionByAge.DEVICES, settings.revokedDevices());
        delete(DeletionByAge.TOKENS, settings.spentTokens());
    }

    private void delete(String kind, Duration age) {
        if (age.isZero()) {
            return;
        }
        AtomicReference<String> after = new AtomicReference<>("");
        repeatWithRests(() -> {
            String next = deletion.delete(kind, age, Objects.requireNonNull(after.get()), false, ACTOR)
                    .next();
            if (next != null) {
                after.set(next);
            }
            return next != null;
        });
    }
}
