package io.evenkeel.coordinator.deletion;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.audit.AuditLog;
import io.evenkeel.coordinator.evaluation.EvaluationDeletion;
import io.evenkeel.coordinator.fleet.FleetDeletion;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.problem.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Deletes records that ended long ago, and writes an audit log entry for each. Thread-safe. */
@Component
class DeletionByAge {

    static final String RUNS = "runs";
    static final String EVALUATIONS = "evaluations";
    static final String DEVICES = "devices";
    static final String TOKENS = "tokens";

    private static final int RECORDS_AT_ONCE = 200;

    private final Map<String, RecordKind> kinds;
    private final AuditLog audit;
    private final TrustedTime time;

    DeletionByAge(
            RunDeletion runs,
            RunTable table,
            EvaluationDeletion evaluations,
            FleetDeletion fleet,
            AuditLog audit,
            DurableTransactions transactions,
            TrustedTime time) {
        this.kinds = Map.of(
                RUNS,
                new RecordKind(
                        "/api/v1/runs/%s",
                        (before, after, limit) -> transactions.read(() -> table.endedBefore(before, after, limit)),
                        runs::requireDeletable,
                        runs::delete),
                EVALUATIONS,
                new RecordKind(
                        "/api/v1/evaluations/%s",
                        evaluations::endedBefore, evaluations::requireDeletable, evaluations::delete),
                DEVICES,
                new RecordKind(
                        "/api/v1/clients/%s/record",
                        fleet::revokedBefore, fleet::requireDeletable, fleet::deleteClient),
                TOKENS,
                new RecordKind(
                        "/api/v1/enrolment-tokens/%s/record",
                        fleet::spentBefore, fleet::requireSpent, fleet::deleteToken));
        this.audit = audit;
        this.time = time;
    }

    /**
     * The actor of a deletion, for the audit log.
     *
     * @param name the name of the operator or of the setting
     * @param role {@code operator} or {@code setting}
     * @param address the sender's IP address, or a dash
     */
    record Actor(String name, String role, String address) {}

    /**
     * The outcome of a deletion by age.
     *
     * @param deleted the names or ids of the records that were deleted, or would be
     * @param kept the records that are old enough but cannot be deleted
     * @param next the last record, if there may be more after it
     */
    @Schema(name = "DeletionOutcome")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Outcome(
            List<String> deleted, List<Kept> kept, @Nullable String next) {}

    /**
     * A record that cannot be deleted.
     *
     * @param name its name or id
     * @param type the problem's type
     * @param reason why it cannot be deleted
     */
    @Schema(name = "KeptRecord")
    record Kept(String name, String type, String reason) {}

    /**
     * Deletes some records of a kind.
     *
     * @param olderThan the minimum time since the records ended
     * @param after only records after this one, in the order of names or ids
     * @param dryRun whether to list what would be deleted, and delete nothing
     */
    Outcome delete(String name, Duration olderThan, String after, boolean dryRun, Actor actor) {
        RecordKind kind = Objects.requireNonNull(kinds.get(name));
        List<String> old = kind.listing().before(time.forRetention().minus(olderThan), after, RECORDS_AT_ONCE);
        List<String> deleted = new ArrayList<>();
        List<Kept> kept = new ArrayList<>();
        for (String each : old) {
            try {
                kind.check().accept(each);
                if (!dryRun) {
                    delete(kind, each, actor);
                }
                deleted.add(each);
            } catch (ProblemException e) {
                kept.add(new Kept(each, e.problem().type().toString(), e.detail()));
            }
        }
        return new Outcome(deleted, kept, old.size() < RECORDS_AT_ONCE ? null : old.get(old.size() - 1));
    }

    private void delete(RecordKind kind, String name, Actor actor) {
        AuditLog.Entry entry = audit.begin(actor.name(), actor.role(), actor.address(), "DELETE", kind.pathOf(name));
        try {
            kind.deletion().accept(name);
            audit.end(entry, HttpStatus.NO_CONTENT.value(), null);
        } catch (ProblemException e) {
            audit.end(entry, e.problem().status(), null);
            throw e;
        }
    }

    /**
     * A kind of record that can be deleted by age.
     *
     * @param path the path of a record in the API, with {@code %s} for its name or id
     * @param listing finds the old records
     * @param check checks that a record can be deleted now
     * @param deletion deletes a record
     */
    private record RecordKind(String path, Listing listing, Consumer<String> check, Consumer<String> deletion) {

        /** Finds records. */
        interface Listing {

            /** Returns up to {@code limit} names or ids of records that ended before a time, sorted, starting after a given one. */
            List<String> before(Instant time, String after, int limit);
        }

        /** Returns the path of a record in the API. */
        String pathOf(String name) {
            return path.replace("%s", name);
        }
    }
}
