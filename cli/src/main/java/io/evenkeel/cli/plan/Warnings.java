package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.cli.plan.Workload.Store;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.tools.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Warns if a plan exceeds a limit, with the setting to change, or if there is a cheaper way. */
final class Warnings {

    private static final long LARGE_DATABASE = 100_000_000_000L;
    private static final long LARGE_STORE = 1_000_000_000_000L;

    /** PostgreSQL's default {@code max_connections}, without those reserved for superusers. */
    private static final int MAX_CONNECTIONS = 97;

    private final Estimate estimate;
    private final Workload workload;
    private final List<String> all = new ArrayList<>();

    private Warnings(Estimate estimate) {
        this.estimate = estimate;
        this.workload = estimate.workload();
    }

    /** Returns the warnings about a plan. */
    static List<String> of(Estimate estimate) {
        Warnings warnings = new Warnings(estimate);
        warnings.rounds();
        warnings.devices();
        warnings.storage();
        warnings.downlink();
        return List.copyOf(warnings.all);
    }

    private void rounds() {
        Limit first = Limit.of(estimate).get(0);
        if (first.roundsPerHour() < workload.roundsPerHour()) {
            add(
                    "%s rounds an hour cannot be reached. The limit is %s: %s. Remedy: %s",
                    PlanText.rate(workload.roundsPerHour()),
                    PlanText.rate(first.roundsPerHour()),
                    first.resource(),
                    first.remedy());
        }
    }

    private void devices() {
        if (estimate.waiting() > HeapBudget.DEFAULT_WAITING_DEVICES) {
            add(
                    "%,d devices would wait at each coordinator, whose limit is %,d (evenkeel.rounds.waiting-devices): the"
                            + " others get 503 with Retry-After. Add replicas, or let devices check in",
                    estimate.waiting(), HeapBudget.DEFAULT_WAITING_DEVICES);
        }
        double hours = workload.devices() / estimate.checkInsPerHour();
        if (hours > 1) {
            add(
                    "devices check in every %s hours, so that there are %d check-ins a second (evenkeel.work.requests-per-second)",
                    PlanText.rate(hours), Estimate.CHECK_INS);
        }
    }

    private void storage() {
        if (workload.store() == Store.FOLDER && workload.replicas() > 1) {
            add("with replicas, the folder must be on a file system that they share (evenkeel.storage.folder)");
        }
        if (workload.replicas() * Estimate.CONNECTIONS > MAX_CONNECTIONS) {
            add(
                    "the replicas keep %d connections: raise PostgreSQL's max_connections, or lower"
                            + " spring.datasource.hikari.maximum-pool-size",
                    workload.replicas() * Estimate.CONNECTIONS);
        }
        if (workload.store() == Store.DATABASE && estimate.databaseAfterYear() > LARGE_DATABASE) {
            add("the database stores all models and vectors: evenkeel.storage.bucket or evenkeel.storage.folder"
                    + " moves them out of it");
        }
        if (estimate.databaseAfterYear() + estimate.storeAfterYear() > LARGE_STORE) {
            add(
                    "an algorithm of the EF21 family keeps up to 16 bytes per parameter for each member, here %s: a smaller model or"
                            + " fewer members take less",
                    Quantity.bytes((long) estimate.members()));
        }
    }

    private void downlink() {
        if (workload.database() == Database.H2 && estimate.cores() > 4) {
            add("H2 allows one coordinator, so it cannot be replaced without downtime: use PostgreSQL");
        }
        if (workload.downlink() == null && estimate.update() >= estimate.denseBytes()) {
            add(
                    "a round changes so many coordinates that devices download the whole model, %s: a lossy downlink, such as"
                            + " --downlink top-k:0.1+natural, takes less",
                    Quantity.bytes(estimate.denseBytes()));
        }
    }

    private void add(String format, Object... values) {
        all.add(String.format(Locale.ROOT, format, values) + ".");
    }
}
