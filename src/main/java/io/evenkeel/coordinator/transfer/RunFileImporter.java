package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.message.PayloadKeys;
import io.evenkeel.coordinator.platform.problem.Problem;
import io.evenkeel.coordinator.platform.storage.Blobs;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.GeneratedKeyHolder;

/** Inserts a file's rows, with this database's keys, in batches. Works in the caller's transaction. Not thread-safe. */
final class RunFileImporter {

    private static final int BATCH = 64;
    private static final long MOST_BYTES = 1 << 20;

    private final JdbcTemplate jdbc;
    private final PayloadKeys keys;
    private final Map<Long, Long> members = new HashMap<>();
    private final List<@Nullable Object[]> batch = new ArrayList<>();
    private final List<Object[]> payloads = new ArrayList<>();
    private long batchedBytes;
    private String batched = "";
    private long run;

    RunFileImporter(JdbcTemplate jdbc, PayloadKeys keys) {
        this.jdbc = jdbc;
        this.keys = keys;
    }

    /** Returns the run's key. */
    long run() {
        return run;
    }

    /** Inserts the run; a running one as paused since the export, so that resuming moves its deadline by the time between. */
    void insertRun(Row row, Instant exportedAt) {
        Map<String, @Nullable Object> values = values(row);
        if (row.text("state").equals("RUNNING")) {
            values.put("state", "PAUSED");
            values.put("paused_at", exportedAt.atOffset(ZoneOffset.UTC));
        }
        run = insertForKey("run", values);
    }

    /** Inserts any other row. */
    void insert(Row row) {
        Map<String, @Nullable Object> values = values(row);
        switch (row.part()) {
            case TOKEN -> insertToken(row, values);
            case CLIENT -> insertClient(row, values);
            case MEMBER -> {
                values.put("run_id", run);
                Map<String, @Nullable Object> chain = new LinkedHashMap<>();
                Part.CHAIN.forEach(column -> chain.put(column, values.remove(column)));
                long member = insertForKey("member", values);
                members.put(row.whole("ordinal"), member);
                chain.put("member_id", member);
                add("member_chain", chain);
            }
            case SNAPSHOT -> {
                values.remove("ordinal");
                values.put("member_id", member(row));
                add(row.part().table(), values);
            }
            case MESSAGE -> {
                values.put("run_id", run);
                values.put("member_id", member(row));
                Object payload = values.remove("payload");
                values.put("payload_id", payload == null ? null : keys.next());
                if (payload != null) {
                    payloads.add(new Object[] {values.get("payload_id"), parameter(payload)});
                }
                add(row.part().table(), values);
            }
            case RUN, RECORD, CHECKPOINT, UPDATE -> {
                values.put("run_id", run);
                add(row.part().table(), values);
            }
        }
    }

    private void flush() {
        if (!batch.isEmpty()) {
            jdbc.batchUpdate(batched, batch);
            batch.clear();
        }
        if (!payloads.isEmpty()) {
            jdbc.batchUpdate("INSERT INTO message_payload (id, data) VALUES (?, ?)", payloads);
            payloads.clear();
        }
        batchedBytes = 0;
    }

    private @Nullable Object parameter(@Nullable Object value) {
        if (!(value instanceof byte[] bytes)) {
            return value;
        }
        batchedBytes += bytes.length;
        return Blobs.parameter(bytes);
    }

    /** Ends the import: adds up the bytes of members' messages, which no record of the file holds. */
    void finish() {
        flush();
        jdbc.update(
                "UPDATE member_chain SET bytes = COALESCE((SELECT SUM(g.bytes) FROM message g"
                        + " WHERE g.member_id = member_chain.member_id), 0)"
                        + " WHERE member_id IN (SELECT id FROM member WHERE run_id = ?)",
                run);
        jdbc.update(
                "UPDATE member_snapshot SET bytes = COALESCE((SELECT SUM(g.bytes) FROM message g"
                        + " WHERE g.member_id = member_snapshot.member_id AND g.sequence <= member_snapshot.sequence), 0)"
                        + " WHERE member_id IN (SELECT id FROM member WHERE run_id = ?)",
                run);
    }

    /** A member that is not in the file shows as a broken reference. */
    private long member(Row row) {
        return members.getOrDefault(row.whole("ordinal"), -1L);
    }

    /** It has brought these clients here, and lets no others in. */
    private void insertToken(Row row, Map<String, @Nullable Object> values) {
        if (count("SELECT COUNT(*) FROM enrolment_token WHERE id = ?", row.text("id")) == 0) {
            values.put("uses_left", 0L);
            add(Part.TOKEN.table(), values);
        }
    }

    private void insertClient(Row row, Map<String, @Nullable Object> values) {
        String id = row.text("id");
        if (count("SELECT COUNT(*) FROM client WHERE id = ?", id) == 0) {
            add(Part.CLIENT.table(), values);
        } else if (count("SELECT COUNT(*) FROM client WHERE id = ? AND secret_hash = ?", id, row.text("secret_hash"))
                == 0) {
            throw Problem.CONFLICT
                    .because(
                            "client " + id + " is enrolled here with another secret; nothing was imported",
                            "import into a coordinator that does not know this client")
                    .with("client", id);
        }
    }

    private int count(String sql, Object... arguments) {
        flush();
        return Objects.requireNonNullElse(jdbc.queryForObject(sql, Integer.class, arguments), 0);
    }

    private void add(String table, Map<String, @Nullable Object> values) {
        String sql = sql(table, values);
        if (!sql.equals(batched) || batch.size() >= BATCH) {
            flush();
        }
        batched = sql;
        batch.add(values.values().stream().map(this::parameter).toArray());
        if (batchedBytes > MOST_BYTES) {
            flush();
        }
    }

    private long insertForKey(String table, Map<String, @Nullable Object> values) {
        flush();
        GeneratedKeyHolder key = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(sql(table, values), new String[] {"id"});
                    int index = 1;
                    for (Object value : values.values()) {
                        statement.setObject(index++, value);
                    }
                    return statement;
                },
                key);
        return Objects.requireNonNull(key.getKey()).longValue();
    }

    private static String sql(String table, Map<String, @Nullable Object> values) {
        return "INSERT INTO " + table + " (" + String.join(", ", values.keySet()) + ") VALUES ("
                + String.join(", ", Collections.nCopies(values.size(), "?")) + ")";
    }

    private static Map<String, @Nullable Object> values(Row row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Column column : row.part().columns()) {
            values.put(column.name(), row.get(column.name()));
        }
        return values;
    }
}
