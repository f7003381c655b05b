package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.flag;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.secagg.CohortSuspects;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code cohort_evidence}. Works in the caller's transaction; changes need the run's lock. */
@Component
public class EvidenceTable {

    /** The evidence of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "cohort_evidence",
            "run_id",
            "FROM cohort_evidence t WHERE t.run_id = ? ORDER BY t.number",
            whole("number"),
            whole("round_number"),
            flag("has_sum"),
            text("owner"),
            bytes("others"),
            whole("needed"));

    private static final int MAX_READ = 500;
    private static final int IDENTITY_BYTES = 32;

    private final JdbcClient jdbc;

    EvidenceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the newest evidence of a run, in chronological order. */
    List<CohortSuspects.Evidence> list(long run) {
        return jdbc.sql("SELECT round_number, has_sum, owner, others, needed FROM (SELECT * FROM cohort_evidence WHERE"
                        + " run_id = ? ORDER BY number DESC FETCH FIRST " + MAX_READ
                        + " ROWS ONLY) newest ORDER BY number")
                .param(run)
                .query((row, i) -> new CohortSuspects.Evidence(
                        row.getInt(1),
                        row.getBoolean(2),
                        row.getString(3),
                        names(Objects.requireNonNull(Blobs.read(row, 4))),
                        row.getInt(5)))
                .list();
    }

    void insert(long run, CohortSuspects.Evidence evidence) {
        jdbc.sql("INSERT INTO cohort_evidence (run_id, number, round_number, has_sum, owner, others, needed) SELECT"
                        + " CAST(? AS BIGINT), COALESCE(MAX(number), -1) + 1, CAST(? AS INTEGER), CAST(? AS BOOLEAN),"
                        + " CAST(? AS VARCHAR), ?, CAST(? AS INTEGER) FROM cohort_evidence WHERE run_id = ?")
                .params(
                        run,
                        evidence.round(),
                        evidence.hasSum(),
                        evidence.owner(),
                        Blobs.parameter(bytesOf(evidence.others())),
                        evidence.needed(),
                        run)
                .update();
    }

    private static byte[] bytesOf(Set<String> names) {
        return HexFormat.of().parseHex(String.join("", new TreeSet<>(names)));
    }

    private static Set<String> names(byte[] bytes) {
        Set<String> names = new HashSet<>();
        for (int from = 0; from < bytes.length; from += IDENTITY_BYTES) {
            names.add(HexFormat.of().formatHex(bytes, from, Math.min(bytes.length, from + IDENTITY_BYTES)));
        }
        return names;
    }
}
