package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.core.wire.Digest;
import java.io.ByteArrayInputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Accepted messages in the database. Works in the caller's transaction; payloads go in batches and come out one by one. */
@Component
public class MessageStore {

    private static final int FETCHED_AT_ONCE = 16;

    /** From here on the copies that H2 makes of an array cost more than a stream. */
    private static final int LARGE = 1 << 20;

    private static final String RECEIPT =
            "m.client_id, g.round_number, g.included_in, g.sequence, g.digest, g.accepted_at";

    private final JdbcTemplate batches;
    private final DataSource source;
    private final JdbcClient jdbc;
    private final PayloadKeys keys;

    MessageStore(DataSource source, PayloadKeys keys) {
        this.batches = new JdbcTemplate(source);
        this.source = source;
        this.jdbc = JdbcClient.create(source);
        this.keys = keys;
    }

    /**
     * A message without its payload.
     *
     * @param client who sent it
     * @param round the model's round
     * @param includedIn the round it is added in
     * @param sequence its number in the client's chain
     * @param digest its digest
     * @param acceptedAt when it was accepted
     */
    public record Accepted(String client, int round, int includedIn, long sequence, long digest, Instant acceptedAt) {

        public Receipt receipt(String run) {
            return Receipt.of(run, client, round, includedIn, sequence, digest, acceptedAt);
        }
    }

    /**
     * A row to be written.
     *
     * @param member the sender's membership
     * @param ordinal its ordinal
     * @param submission the message
     * @param accepted when and where it was accepted
     */
    record Row(long member, int ordinal, Submission submission, Accepted accepted) {}

    private record Keyed(long key, Row row) {}

    /** Takes payloads one by one. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Takes a message.
         *
         * @param ordinal the sender's ordinal
         * @param payload the message's bytes
         */
        void message(int ordinal, byte[] payload);
    }

    /** Finds the messages some clients sent for some rounds, in any of their memberships; may return more than asked for. */
    List<Accepted> find(long run, Collection<String> clients, Collection<Integer> rounds) {
        // As acceptance finds the senders: outer joins, so that H2 takes the tables in this order.
        return jdbc
                .sql("SELECT " + RECEIPT
                        + " FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS sender(id)"
                        + " CROSS JOIN UNNEST(CAST(? AS INTEGER ARRAY)) AS wanted(number)"
                        + " LEFT JOIN member m ON m.run_id = ? AND m.client_id = sender.id"
                        + " LEFT JOIN message g ON g.member_id = m.id AND g.round_number = wanted.number")
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .param(new SqlArrayValue("INTEGER", rounds.toArray()))
                .param(run)
                .query((row, i) -> row.getObject(2) == null ? Optional.<Accepted>empty() : Optional.of(accepted(row)))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the last message of a membership. */
    public Optional<Accepted> last(long member) {
        return jdbc.sql("SELECT " + RECEIPT + " FROM message g JOIN member m ON m.id = g.member_id"
                        + " WHERE g.member_id = ? ORDER BY g.sequence DESC FETCH FIRST 1 ROW ONLY")
                .param(member)
                .query((row, i) -> accepted(row))
                .optional();
    }

    void insert(List<Row> rows) {
        List<Keyed> keyed =
                rows.stream().map(row -> new Keyed(keys.next(), row)).toList();
        batches.batchUpdate(
                "INSERT INTO message_payload (id, data) VALUES (?, ?)", keyed, keyed.size(), (statement, payload) -> {
                    statement.setLong(1, payload.key());
                    byte[] bytes = payload.row().submission().bytes();
                    if (bytes.length <= LARGE) {
                        statement.setBytes(2, bytes);
                    } else {
                        statement.setBinaryStream(2, new ByteArrayInputStream(bytes), bytes.length);
                    }
                });
        batches.batchUpdate(
                "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest, accepted_at,"
                        + " bytes, payload_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                keyed,
                keyed.size(),
                (statement, message) -> {
                    Row row = message.row();
                    Submission submission = row.submission();
                    statement.setLong(1, row.member());
                    statement.setInt(2, submission.round());
                    statement.setLong(3, submission.run());
                    statement.setInt(4, row.ordinal());
                    statement.setInt(5, row.accepted().includedIn());
                    statement.setLong(6, submission.sequence());
                    statement.setLong(7, submission.digest());
                    statement.setObject(8, row.accepted().acceptedAt().atOffset(ZoneOffset.UTC));
                    statement.setInt(9, submission.bytes().length);
                    statement.setLong(10, message.key());
                });
    }

    /**
     * What a round's sum needs of a message beside its content.
     *
     * @param ordinal the sender's ordinal
     * @param sequence its number in the client's chain
     * @param digest its digest
     * @param bytes its length
     */
    public record Entry(int ordinal, long sequence, long digest, int bytes) {}

    /** Lists the messages of a round in the order in which they are added. */
    public List<Entry> listIn(long run, int round) {
        return jdbc.sql("SELECT ordinal, sequence, digest, bytes FROM message WHERE run_id = ? AND included_in = ?"
                        + " ORDER BY ordinal, sequence")
                .params(run, round)
                .query((row, i) -> new Entry(row.getInt(1), row.getLong(2), row.getLong(3), row.getInt(4)))
                .list();
    }

    /**
     * Hands out the messages of a round in the order in which they are added: by the senders' ordinals, then their sequence.
     *
     * @param atOnce how many of them there may be in memory
     * @throws CorruptionException if one is not what was accepted
     */
    public void forEachIn(long run, int round, int atOnce, Sink sink) {
        JdbcTemplate streams = new JdbcTemplate(source);
        streams.setFetchSize(Math.min(FETCHED_AT_ONCE, atOnce));
        streams.query(
                "SELECT g.ordinal, g.round_number, g.digest, p.data FROM message g"
                        + " LEFT JOIN message_payload p ON p.id = g.payload_id"
                        + " WHERE g.run_id = ? AND g.included_in = ? ORDER BY g.ordinal, g.sequence",
                handing(run, sink),
                run,
                round);
    }

    private static RowCallbackHandler handing(long run, Sink sink) {
        return row -> {
            byte[] payload = Blobs.read(row, 4);
            if (payload == null || Digest.of(payload) != row.getLong(3)) {
                throw new CorruptionException(
                        run,
                        row.getInt(2),
                        row.getInt(1),
                        "the stored message is not the one that was accepted: "
                                + (payload == null ? "it is gone" : "its digest differs"));
            }
            sink.message(row.getInt(1), payload);
        };
    }

    private static Accepted accepted(ResultSet row) throws SQLException {
        return new Accepted(
                row.getString(1),
                row.getInt(2),
                row.getInt(3),
                row.getLong(4),
                row.getLong(5),
                row.getObject(6, OffsetDateTime.class).toInstant());
    }
}
