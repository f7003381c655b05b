package io.evenkeel.coordinator.message;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code message_payload}: inserts payloads for {@link MessageStore}, and finds and deletes those that compaction no longer
 * needs. Works in the caller's transaction.
 */
@Component
public class MessagePayloads {

    /** From this length on, the copies that H2 makes of an array cost more than a stream. */
    private static final int LARGE = 1 << 20;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final PayloadKeys keys;

    MessagePayloads(JdbcTemplate jdbc, PayloadKeys keys) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.keys = keys;
    }

    /**
     * A message with the key of its payload.
     *
     * @param key the key, null if the message has no payload
     */
    record Keyed(@Nullable Long key, StoredMessage row) {}

    /** Inserts the payloads of messages, as far as they have any, and returns the messages with the payloads' keys. */
    List<Keyed> insert(List<StoredMessage> messages) {
        List<Keyed> keyed = messages.stream()
                .map(message -> new Keyed(message.payload() == null ? null : keys.next(), message))
                .toList();
        List<Keyed> kept =
                keyed.stream().filter(message -> message.key() != null).toList();
        batches.batchUpdate(
                "INSERT INTO message_payload (id, data) VALUES (?, ?)", kept, kept.size(), (statement, message) -> {
                    statement.setLong(1, Objects.requireNonNull(message.key()));
                    byte[] bytes = Objects.requireNonNull(message.row().payload());
                    if (bytes.length <= LARGE) {
                        statement.setBytes(2, bytes);
                    } else {
                        statement.setBinaryStream(2, new ByteArrayInputStream(bytes), bytes.length);
                    }
                });
        return keyed;
    }

    /**
     * Returns the round of a run's n-th message from a round on, in the order of the rounds in which they are added; empty if there
     * are fewer.
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

    /** Returns the keys of a member's payloads behind a message of its chain. */
    public List<Long> keysAfter(long member, long sequence) {
        return jdbc.sql(
                        "SELECT payload_id FROM message WHERE member_id = ? AND sequence > ? AND payload_id IS NOT NULL")
                .params(member, sequence)
                .query(Long.class)
                .list();
    }

    /** Deletes messages of a run with their payloads, up to a limit; returns how many there were. */
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

    /** Deletes payloads. One statement for each key: H2 evaluates a subquery again for each row. */
    public void delete(List<Long> payloads) {
        batches.batchUpdate(
                "DELETE FROM message_payload WHERE id = ?",
                payloads,
                payloads.size(),
                (statement, payload) -> statement.setLong(1, payload));
    }
}
