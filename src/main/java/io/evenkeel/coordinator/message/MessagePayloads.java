package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.Segments;
import java.io.ByteArrayInputStream;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The table {@code message_payload}: the payloads of messages, in its rows or in {@link Segments}. Inserts
 * payloads for {@link MessageStore}, and finds and deletes those that compaction no longer needs. Works in
 * the caller's transaction, except where it writes segments.
 */
@Component
public class MessagePayloads {

    /** The length above which H2's copies of an array cost more than a stream. */
    private static final int LARGE = 1 << 20;

    private static final byte[] NOTHING = {};

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final PayloadKeys keys;
    private final Segments segments;
    private final Dialect dialect;

    MessagePayloads(JdbcTemplate jdbc, PayloadKeys keys, Segments segments, Dialect dialect) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.keys = keys;
        this.segments = segments;
        this.dialect = dialect;
    }

    /** Writes the payloads of a batch to one segment per run, except those that are short enough for rows. */
    void store(List<QueuedMessage> batch) {
        batch.stream()
                .collect(Collectors.groupingBy(QueuedMessage::run))
                .values()
                .forEach(messages -> {
                    List<@Nullable String> ranges = segments.write(
                            messages.stream().map(QueuedMessage::bytes).toList());
                    for (int i = 0; i < messages.size(); i++) {
                        messages.get(i).storedAt(ranges.get(i));
                    }
                });
    }

    /** Writes the payloads of rows as {@link #store} does, and returns the rows with their locations. */
    List<StoredMessage> stored(List<StoredMessage> rows) {
        List<@Nullable String> ranges = segments.write(rows.stream()
                .map(row -> Objects.requireNonNullElse(row.payload(), NOTHING))
                .toList());
        return IntStream.range(0, rows.size())
                .mapToObj(i -> rows.get(i).in(ranges.get(i)))
                .toList();
    }

    /**
     * A message and the key of its payload.
     *
     * @param key the key, null if the message has no payload
     */
    record Keyed(@Nullable Long key, StoredMessage row) {}

    /** Inserts the payloads of messages, and returns the messages with the keys of their payloads. */
    List<Keyed> insert(List<StoredMessage> messages) {
        List<Keyed> keyed = messages.stream()
                .map(message -> new Keyed(message.payload() == null ? null : keys.next(), message))
                .toList();
        List<Keyed> kept =
                keyed.stream().filter(message -> message.key() != null).toList();
        batches.batchUpdate(
                "INSERT INTO message_payload (id, data, data_at) VALUES (?, ?, ?)",
                kept,
                kept.size(),
                (statement, message) -> {
                    statement.setLong(1, Objects.requireNonNull(message.key()));
                    setBytes(statement, message.row());
                    statement.setString(3, message.row().range());
                });
        segments.keep(kept.stream()
                .filter(message -> message.row().range() != null)
                .map(message -> new Segments.Payload(
                        Objects.requireNonNull(message.key()),
                        Objects.requireNonNull(message.row().range())))
                .toList());
        return keyed;
    }

    private static void setBytes(PreparedStatement statement, StoredMessage row) throws SQLException {
        byte[] bytes = row.range() == null ? row.payload() : null;
        if (bytes == null || bytes.length <= LARGE) {
            statement.setBytes(2, bytes);
        } else {
            statement.setBinaryStream(2, new ByteArrayInputStream(bytes), bytes.length);
        }
    }

    /**
     * Returns the round to which the n-th message of a run, counted from the start of a round, was added;
     * empty if there are fewer messages.
     */
    public OptionalInt roundOfNth(long run, int fromRound, int n) {
        return jdbc.sql("SELECT included_in FROM message WHERE run_id = ? AND included_in >= ?"
                        + " ORDER BY run_id, included_in, ordinal, sequence OFFSET ? ROWS FETCH FIRST 1 ROW ONLY")
                .params(run, fromRound, n - 1)
                .query(Integer.class)
                .optional()
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /** Returns the keys of the payloads of the rounds {@code from <= k < to}. */
    public List<Long> keysIn(long run, int from, int to) {
        return jdbc.sql("SELECT payload_id FROM message WHERE run_id = ? AND included_in >= ? AND included_in < ?"
                        + " AND payload_id IS NOT NULL")
                .params(run, from, to)
                .query(Long.class)
                .list();
    }

    /** Returns the keys of the payloads after a given message in a member's chain. */
    public List<Long> keysAfter(long member, long sequence) {
        return jdbc.sql(
                        "SELECT payload_id FROM message WHERE member_id = ? AND sequence > ? AND payload_id IS NOT NULL")
                .params(member, sequence)
                .query(Long.class)
                .list();
    }

    /**
     * Deletes messages of a run with their payloads, up to a limit; returns the number of deleted messages.
     */
    public int deleteMessages(long run, int limit) {
        List<Long> payloads = new ArrayList<>();
        List<Object[]> keys = batches.query(
                "SELECT member_id, round_number, payload_id FROM message WHERE run_id = ?"
                        + " ORDER BY run_id, included_in, ordinal, sequence FETCH FIRST " + limit + " ROWS ONLY",
                (row, i) -> {
                    Long payload = row.getObject(3, Long.class);
                    if (payload != null) {
                        payloads.add(payload);
                    }
                    return new Object[] {row.getLong(1), row.getInt(2)};
                },
                run);
        delete(payloads);
        batches.batchUpdate("DELETE FROM message WHERE member_id = ? AND round_number = ?", keys);
        return keys.size();
    }

    /** Deletes payloads, and releases their segments. */
    public void delete(List<Long> payloads) {
        List<@Nullable String> ranges = batches.queryForList(
                dialect.deletionByKeys("message_payload", "id", "data_at"),
                String.class,
                new SqlArrayValue("BIGINT", payloads.toArray()));
        segments.release(ranges.stream().filter(Objects::nonNull).toList());
    }

    /** Returns the used parts of a segment, in the order of their keys. */
    List<Segments.Payload> in(Segments.Sparse segment) {
        return jdbc.sql("SELECT id, data_at FROM message_payload WHERE id BETWEEN ? AND ? AND data_at LIKE ?"
                        + " ORDER BY id")
                .params(segment.first(), segment.last(), segment.name() + ":%")
                .query((row, i) -> new Segments.Payload(row.getLong(1), row.getString(2)))
                .list();
    }

    /**
     * Updates the locations of payloads; ignores those that were deleted or moved in the meantime.
     *
     * @param payloads in the order of their keys
     * @param ranges the new location of each, in one new segment
     */
    void move(List<Segments.Payload> payloads, List<String> ranges) {
        int[] updated = batches.batchUpdate(
                "UPDATE message_payload SET data_at = ? WHERE id = ? AND data_at = ?",
                IntStream.range(0, payloads.size())
                        .mapToObj(i -> new Object[] {
                            ranges.get(i), payloads.get(i).id(), payloads.get(i).range()
                        })
                        .toList());
        List<Segments.Payload> moved = new ArrayList<>();
        List<String> released = new ArrayList<>();
        for (int i = 0; i < updated.length; i++) {
            if (updated[i] == 1) {
                moved.add(new Segments.Payload(payloads.get(i).id(), ranges.get(i)));
                released.add(payloads.get(i).range());
            }
        }
        segments.keep(moved);
        segments.release(released);
    }
}
