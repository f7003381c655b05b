package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.evaluation.EvaluationTable;
import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.IdleTransactions;
import io.evenkeel.coordinator.retention.HistoryReading;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.problem.ProblemException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Writes a consistent snapshot of a run, a model or everything to a file, while other work continues. Holds only a few
 * rows in memory. Thread-safe.
 *
 * <p>The methods throw {@code insufficient-memory} before they write anything. If they throw {@code storage-damaged} or
 * {@code busy}, the file has no end, so imports refuse it; an export of everything omits damaged data instead. {@code
 * busy} means that an object was deleted although a row referred to it when the export started. All methods throw
 * {@link UncheckedIOException} if the file cannot be written.
 */
@Component
class Exports {

    private final SectionWriter.Factory sections;
    private final RunTable runs;
    private final PlanCache plans;
    private final DurableTransactions transactions;
    private final IdleTransactions idle;
    private final HistoryReading history;
    private final CorruptionHandler corruption;
    private final Clock clock;

    Exports(
            SectionWriter.Factory sections,
            RunTable runs,
            PlanCache plans,
            DurableTransactions transactions,
            IdleTransactions idle,
            HistoryReading history,
            CorruptionHandler corruption,
            Clock clock) {
        this.sections = sections;
        this.runs = runs;
        this.plans = plans;
        this.transactions = transactions;
        this.idle = idle;
        this.history = history;
        this.corruption = corruption;
        this.clock = clock;
    }

    /** Writes the sections of a file. */
    @FunctionalInterface
    private interface Content {
        void write(SectionWriter file) throws IOException;
    }

    /** Writes a run with its members, its arm of an experiment, and the evaluations of its models. */
    void run(PlanCache.Known known, OutputStream out) {
        boolean unused = history.read(
                known,
                "an export",
                () -> write(out, file -> {
                    file.devicesOfRun(known.run());
                    file.run(known);
                    file.experiments(known.plan().name());
                    file.evaluations(EvaluationTable.aboutRun(known.plan().name()));
                }));
    }

    /** Writes a registered model with its versions, its roll-outs with their devices, and its versions' evaluations. */
    void model(String model, OutputStream out) {
        boolean unused = write(out, file -> {
            file.devicesOfRollouts(model);
            file.model(model);
            file.rollouts(model);
            file.evaluations(EvaluationTable.aboutModel(model));
        });
    }

    /**
     * Writes everything that a file can contain. Omits and stops damaged runs, and omits damaged registered models with
     * their roll-outs; the file states this before its end.
     */
    void all(OutputStream out) {
        List<CorruptionException> damaged = new ArrayList<>();
        boolean isWritten = false;
        while (!isWritten) {
            List<Long> keys = runs.keys();
            List<PlanCache.Known> known = keys.stream()
                    .map(run -> new PlanCache.Known(run, plans.of(run)))
                    .toList();
            // A run created in the meantime would need a lock on its history, for which the transaction cannot wait.
            isWritten = history.readAll(
                    known,
                    "an export",
                    () -> write(out, () -> runs.keys().equals(keys), file -> damaged.addAll(writeAll(file, known))));
        }
        damaged.forEach(corruption::stop);
    }

    /** Writes all sections, and returns the damage to the runs that were left out. */
    private List<CorruptionException> writeAll(SectionWriter file, List<PlanCache.Known> known) {
        List<CorruptionException> damaged = new ArrayList<>();
        Set<String> leftOut = new HashSet<>();
        file.devicesOfAll();
        for (PlanCache.Known run : known) {
            Optional<CorruptionException> damage = file.reader().damage(run);
            if (damage.isPresent()) {
                damaged.add(damage.get());
                leftOut.add(run.plan().name());
            } else {
                file.run(run);
            }
        }
        Map<String, ProblemException> models = new TreeMap<>();
        for (String model : file.reader().models()) {
            file.reader().damage(model).ifPresentOrElse(damage -> models.put(model, damage), () -> file.model(model));
        }
        file.rolloutsWithout(models.keySet());
        file.experimentsWithout(leftOut);
        file.evaluations(null);
        Stream.concat(damaged.stream().map(corruption::describe), models.values().stream())
                .forEach(problem -> file.leftOut(problem.detail() + "; " + problem.action()));
        return damaged;
    }

    private boolean write(OutputStream out, Content content) {
        return write(out, () -> true, content);
    }

    /** Writes a file; returns false without writing anything if the condition does not hold. */
    private boolean write(OutputStream out, BooleanSupplier condition, Content content) {
        return transactions.readSnapshot(() -> {
            idle.allow();
            if (!condition.getAsBoolean()) {
                return false;
            }
            try {
                ExportFileWriter file = new ExportFileWriter(out, clock.instant());
                content.write(sections.writer(file));
                file.end();
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
