package io.evenkeel.coordinator.chain;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.chain.ChainLink;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code run_chain}. Works in the caller's transaction, which must hold the run's lock to write.
 */
@Component
public class ChainTable {

    /** The chain of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "run_chain",
                    "run_id",
                    "FROM run_chain t WHERE t.run_id = ? ORDER BY t.place",
                    whole("place"),
                    text("covers"),
                    whole("number"),
                    text("content"),
                    text("messages"),
                    whole("update_digest"),
                    text("hash"))
            .verifiedBy(row -> row.isNamed("covers", ChainLink.Covers.class));

    private static final String SELECT =
            "SELECT place, covers, number, content, messages, update_digest, hash FROM run_chain WHERE run_id = ? ";

    private final JdbcClient jdbc;

    ChainTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Appends a link. */
    public void append(long run, ChainLink link) {
        jdbc.sql("INSERT INTO run_chain (run_id, place, covers, number, content, messages, update_digest, hash)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .param(run)
                .param(link.place())
                .param(link.covers().name())
                .param(link.number())
                .param(link.content())
                .param(link.messages())
                .param(link.update())
                .param(link.hash())
                .update();
    }

    /** Returns the newest link of a run, whose hash is the head of its chain; empty if the run has no chain. */
    public Optional<ChainLink> head(long run) {
        return jdbc.sql(SELECT + "ORDER BY place DESC FETCH FIRST 1 ROW ONLY")
                .param(run)
                .query((row, i) -> link(row))
                .optional();
    }

    /** Returns the link with a given hash in a run's chain. */
    public Optional<ChainLink> find(long run, String hash) {
        return jdbc.sql(SELECT + "AND hash = ?")
                .params(run, hash)
                .query((row, i) -> link(row))
                .optional();
    }

    /** Returns the hash of the chain before a round: the hash of the previous round's link, or of the first link before round 0. */
    Optional<String> hashBefore(long run, int round) {
        String before = round == 0 ? "place = ?" : "covers = 'ROUND' AND number = ?";
        return jdbc.sql("SELECT hash FROM run_chain WHERE run_id = ? AND " + before)
                .params(run, Math.max(0, round - 1))
                .query(String.class)
                .optional();
    }

    /** Returns the hashes of the messages of the rounds {@code from <= k < to} that have links. */
    public Map<Integer, String> messages(long run, int from, int to) {
        return jdbc
                .sql("SELECT number, messages FROM run_chain WHERE run_id = ? AND covers = 'ROUND' AND number >= ?"
                        + " AND number < ?")
                .params(run, from, to)
                .query((row, i) -> Map.entry(row.getInt(1), row.getString(2)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first));
    }

    /** Returns links in order, up to a limit. */
    public List<ChainLink> list(long run, int from, int limit) {
        return jdbc.sql(SELECT + "AND place >= ? ORDER BY place FETCH FIRST ? ROWS ONLY")
                .params(run, from, limit)
                .query((row, i) -> link(row))
                .list();
    }

    /** Accepts any values: a modified link is reported later, as one with a wrong hash. */
    private static ChainLink link(ResultSet row) throws SQLException {
        @Nullable Long update = row.getObject(6, Long.class);
        boolean isRound = ChainLink.Covers.ROUND.name().equals(row.getString(2));
        return new ChainLink(
                row.getInt(1),
                isRound ? ChainLink.Covers.ROUND : ChainLink.Covers.REVISION,
                row.getInt(3),
                row.getString(4),
                row.getString(5),
                update,
                row.getString(7));
    }
}
