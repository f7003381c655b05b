package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.registry.PublishedVersions;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.SiteResult;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/**
 * Runs evaluations of the upstream coordinator at a relay's site, under the same name: asks all devices of
 * the site, and sends their combined result upstream. Every change is durable when its method returns, and
 * repeating it changes nothing. Thread-safe.
 */
@Component
public class SiteEvaluations {

    private static final String WHO = "relay";
    private static final int MAX_OPEN = 100;

    private final EvaluationTable table;
    private final EvaluationSites sites;
    private final EvaluationResults results;
    private final EvaluationEnding ending;
    private final PublishedVersions versions;
    private final DurableTransactions transactions;
    private final Clock clock;

    SiteEvaluations(
            EvaluationTable table,
            EvaluationSites sites,
            EvaluationResults results,
            EvaluationEnding ending,
            PublishedVersions versions,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.sites = sites;
        this.results = results;
        this.ending = ending;
        this.versions = versions;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Creates an evaluation of a version that is registered here, unless it already exists for the upstream
     * evaluation of that name.
     *
     * @param least the minimum number of devices of the site that must answer
     * @throws ProblemException {@code name-taken} if an evaluation of that name was created here
     */
    public void create(String name, String model, int version, Instant deadline, int least) {
        Optional<EvaluationRound> known = transactions.read(() -> table.find(name));
        if (known.isPresent()) {
            requireFollowing(known.get());
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        PublishedVersions.Version found = versions.resolve(model, String.valueOf(version));
        EvaluationRound evaluation = new EvaluationRound(
                0,
                name,
                new EvaluatedModel(model, found.number(), found.run(), null),
                DeviceSelector.ALL,
                name,
                1,
                least,
                null,
                List.of(),
                Map.of(),
                0,
                deadline,
                WHO,
                now,
                null,
                null,
                null);
        transactions.write(() -> {
            table.insert(evaluation);
            EvaluationRound inserted = table.find(name).orElseThrow();
            sites.follow(inserted.key());
            ending.started(inserted);
        });
    }

    private void requireFollowing(EvaluationRound evaluation) {
        if (!transactions.read(() -> sites.follows(evaluation.key()))) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "an evaluation named '" + evaluation.name()
                                    + "' was created here, so the upstream one of that name reaches no"
                                    + " device of this site",
                            "delete it here, or give the one above another name")
                    .with("field", "name");
        }
    }

    /** Returns the names of open evaluations whose results are sent upstream. */
    public List<String> open() {
        return transactions.read(() -> table.open(clock.instant(), MAX_OPEN).stream()
                .filter(evaluation -> sites.follows(evaluation.key()))
                .map(EvaluationRound::name)
                .toList());
    }

    /** Ends an evaluation because the upstream one has ended. */
    public void cancel(String name) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        if (transactions.write(() -> table.cancel(name, now))) {
            ending.end(transactions.read(() -> table.find(name)).orElseThrow());
        }
    }

    /**
     * Returns the result to send upstream: the measurements of the site's devices, or the reason why there are none. It
     * changes only when a minimum number of further devices, set by the site's operator, have answered. So no two
     * results differ by the values of only a few devices.
     */
    public SiteResult result(String name) {
        return transactions.write(() -> {
            EvaluationRound evaluation = table.find(name).orElseThrow(() -> Evaluations.notFound(name));
            Optional<SiteResult> before = sites.upward(evaluation.key());
            if (before.isEmpty() && evaluation.state(clock.instant()) == EvaluationRound.State.CANCELLED) {
                return new SiteResult(0, "an operator of the site has ended it there", Map.of());
            }
            SiteResult next = SiteResult.next(
                    before.orElse(SiteResult.NONE), evaluation.results(), measured(evaluation), evaluation.least());
            if (next.devices() > 0 && !next.equals(before.orElse(null))) {
                sites.sendUp(evaluation.key(), next);
            }
            return next;
        });
    }

    private Map<String, SiteResult.Metric> measured(EvaluationRound evaluation) {
        Map<String, SiteResult.Metric> metrics = new TreeMap<>();
        results.overall(evaluation.key())
                .forEach(all -> metrics.put(
                        all.metric(),
                        new SiteResult.Metric(
                                Math.toIntExact(all.devices()), all.samples(), all.weightedMean(), all.mean())));
        return metrics;
    }
}
