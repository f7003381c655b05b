package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.core.wire.Digest;

/**
 * The tables of secure aggregation as an export has them. An attempt under way moves with what its members sent, so that the cohort goes on:
 * another attempt after the first reveal would let a coordinator learn more than a sum. The parameter of each query is a run's key.
 */
public final class CohortTables {

    private static final String OF_RUN =
            " t JOIN secagg_attempt a ON a.id = t.attempt_id WHERE a.run_id = ? ORDER BY a.round_number, a.attempt, ";

    /** The attempts. */
    public static final ExportedTable ATTEMPTS = ExportedTable.of(
                    "secagg_attempt",
                    "run_id",
                    "FROM secagg_attempt t WHERE t.run_id = ? ORDER BY t.round_number, t.attempt",
                    whole("round_number"),
                    whole("attempt"),
                    text("phase"),
                    time("phase_since"),
                    whole("threshold"),
                    whole("advertised"),
                    whole("sharing"),
                    whole("masked"),
                    whole("revealed"),
                    text("reason"))
            .verifiedBy(row -> row.isNamed("phase", AttemptPhase.class));

    /** What the members of attempts under way sent, and the shares for them. */
    public static final ExportedTable MEMBERS = ExportedTable.of(
            "secagg_member",
            "attempt_id",
            "FROM secagg_member" + OF_RUN + "t.ordinal",
            whole("round_number").from("a.round_number"),
            whole("attempt").from("a.attempt"),
            whole("ordinal"),
            text("identity"),
            text("owner"),
            text("mask_key"),
            bytes("keys"),
            bytes("shares"),
            bytes("received"),
            bytes("masked"),
            bytes("reveal"),
            whole("bytes"));

    /** The sums of cohorts. */
    public static final ExportedTable SUMS = ExportedTable.of(
                    "cohort_sum",
                    "run_id",
                    "FROM cohort_sum t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("members"),
                    bytes("words"),
                    whole("digest"))
            .verifiedBy(row -> Digest.of(row.bytes("words")) == row.whole("digest"));

    private CohortTables() {}
}
