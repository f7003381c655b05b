package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.message.MessagePayloads.Keyed;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.message.IncludedMessage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The table {@code message} of accepted messages. Rows are read together with their {@link MessagePayloads}.
 * Works in the caller's transaction.
 */
@Component
public class MessageStore {

    /** The messages of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "message",
                    "run_id",
                    "FROM message t LEFT JOIN message_payload p ON p.id = t.payload_id WHERE t.run_id = ?"
                            + " ORDER BY t.included_in, t.ordinal, t.sequence",
                    whole("ordinal"),
                    whole("round_number"),
                    whole("included_in"),
                    whole("sequence"),
                    whole("digest"),
                    time("accepted_at"),
                    whole("bytes"),
                    bytes("payload").from("p.data, p.data_at"))
            .verifiedBy(row -> row.get("payload") == null || Digest.of(row.bytes("payload")) == row.whole("digest"));

    private static final int FETCHED_AT_ONCE = 16;

    private static final String RECEIPT =
            "g.member_id, g.round_number, g.included_in, g.sequence, g.digest, g.accepted_at, g.bytes";
    private static final String COLUMNS = RECEIPT + ", g.ordinal, p.data, p.data_at, p.id";
    private static final String WITH_PAYLOAD = " FROM message g LEFT JOIN message_payload p ON p.id = g.payload_id";

    private final JdbcTemplate batches;
    private final DataSource source;
    private final JdbcClient jdbc;
    private final MessagePayloads payloads;
    private final StoredBytes stored;

    MessageStore(DataSource source, MessagePayloads payloads, StoredBytes stored) {
        this.batches = new JdbcTemplate(source);
        this.source = source;
        this.jdbc = JdbcClient.create(source);
        this.payloads = payloads;
        this.stored = stored;
    }

    /** Receives payloads one by one. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Receives a message.
         *
         * @param ordinal the sender's ordinal
         * @param payload the message's bytes
         */
        void message(int ordinal, byte[] payload);
    }

    /** Receives rows one by one. */
    @FunctionalInterface
    public interface RowSink {

        /**
         * Receives one row.
         *
         * @param message the row
         * @param payload the key of its payload; 0 if the payload is deleted
         */
        void message(StoredMessage message, long payload);
    }

    /**
     * Finds the messages of the given members for the given rounds.
     *
     * @param senders the members' clients, by membership key
     */
    public List<AcceptedMessage> find(Map<Long, String> senders, Collection<Integer> rounds) {
        // Uses outer joins so that H2 joins the tables in this order. Does not use IN, because H2 compares
        // each row of the index with the whole list.
        return jdbc
                .sql("SELECT " + RECEIPT
                        + " FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS sender(id)"
                        + " CROSS JOIN UNNEST(CAST(? AS INTEGER ARRAY)) AS wanted(number)"
                        + " LEFT JOIN message g ON g.member_id = sender.id AND g.round_number = wanted.number")
                .param(new SqlArrayValue("BIGINT", senders.keySet().toArray()))
                .param(new SqlArrayValue("INTEGER", rounds.toArray()))
                .query((row, i) -> row.getObject(1) == null
                        ? Optional.<AcceptedMessage>empty()
                        : Optional.of(accepted(row, Objects.requireNonNull(senders.get(row.getLong(1))))))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the last message of a client's membership. */
    public Optional<AcceptedMessage> last(long member, String client) {
        return jdbc.sql("SELECT " + RECEIPT + " FROM message g WHERE g.member_id = ?"
                        + " ORDER BY g.sequence DESC FETCH FIRST 1 ROW ONLY")
                .param(member)
                .query((row, i) -> accepted(row, client))
                .optional();
    }

    /**
     * Writes payloads that are too long for rows to a segment, then inserts the messages as {@link #insert}
     * does.
     */
    public void importAll(long run, List<StoredMessage> messages) {
        insert(run, payloads.stored(messages));
    }

    /** Inserts messages of a run, and the rows of their payloads. */
    public void insert(long run, List<StoredMessage> messages) {
        List<Keyed> keyed = payloads.insert(messages);
        batches.batchUpdate(
                "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest,"
                        + " accepted_at, bytes, payload_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                keyed,
                keyed.size(),
                (statement, message) -> {
                    StoredMessage row = message.row();
                    statement.setLong(1, row.member());
                    statement.setInt(2, row.round());
                    statement.setLong(3, run);
                    statement.setInt(4, row.ordinal());
                    statement.setInt(5, row.includedIn());
                    statement.setLong(6, row.sequence());
                    statement.setLong(7, row.digest());
                    statement.setObject(8, Timestamps.of(row.acceptedAt()));
                    statement.setInt(9, row.bytes());
                    statement.setObject(10, message.key(), Types.BIGINT);
                });
    }

    /** Returns the ordinals of the members that have answered a round while it was open. */
    public BitSet answered(long run, int round) {
        BitSet ordinals = new BitSet();
        jdbc.sql("SELECT ordinal FROM message WHERE run_id = ? AND included_in = ? AND round_number = ?")
                .params(run, round, round)
                .query(row -> {
                    ordinals.set(row.getInt(1));
                });
        return ordinals;
    }

    /** Returns how many messages of a round are stored. */
    public int countIn(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM message WHERE run_id = ? AND included_in = ?")
                .params(run, round)
                .query(Integer.class)
                .single();
    }

    /** Lists the messages of a round in the order in which they are added. */
    public List<IncludedMessage> listIn(long run, int round) {
        return jdbc.sql("SELECT ordinal, round_number, sequence, digest, bytes FROM message WHERE run_id = ? AND"
                        + " included_in = ? ORDER BY ordinal, sequence")
                .params(run, round)
                .query((row, i) -> new IncludedMessage(
                        row.getInt(1), row.getInt(2), row.getLong(3), row.getLong(4), row.getInt(5)))
                .list();
    }

    /**
     * Passes the messages of a round to a receiver in the order in which they are added: by the sender's
     * ordinal, then by sequence.
     *
     * @param atOnce maximum number of rows to fetch at once
     * @throws CorruptionException if a message is damaged, or is missing from the object store
     */
    public void forEachIn(long run, int round, int atOnce, Sink sink) {
        PayloadWindow window = new PayloadWindow(stored);
        try {
            streams(atOnce)
                    .query(
                            "SELECT g.ordinal, g.round_number, g.digest, p.data, p.data_at" + WITH_PAYLOAD
                                    + " WHERE g.run_id = ? AND g.included_in = ? ORDER BY g.ordinal, g.sequence",
                            row -> {
                                Included message = new Included(run, row.getInt(2), row.getInt(1), row.getLong(3));
                                window.add(
                                        row, 4, payload -> sink.message(message.ordinal(), message.verified(payload)));
                            },
                            run,
                            round);
            window.finish();
        } catch (MissingObjectException e) {
            throw CorruptionException.missing(run, round, CorruptionException.NOBODY, e);
        }
    }

    /** The data needed to verify a message of a round. */
    private record Included(long run, int round, int ordinal, long digest) {

        byte[] verified(byte @Nullable [] payload) {
            if (payload == null || Digest.of(payload) != digest) {
                throw new CorruptionException(
                        run,
                        round,
                        ordinal,
                        "the stored message differs from the one that was accepted: "
                                + (payload == null ? "it is missing" : "its digest differs"));
            }
            return payload;
        }
    }

    /**
     * A part of a member's chain.
     *
     * @param member key of the membership
     * @param fromRound only messages for this round or a later one; allows a search by the primary key
     * @param includedBefore only messages that were added in a round before this one
     * @param after sequence of the last message before the part
     * @param upTo sequence of the last message in it
     */
    public record Part(long member, int fromRound, int includedBefore, long after, long upTo) {}

    /**
     * Passes parts of members' chains to a receiver, one part after the other, with the messages of each in
     * order. Payloads are not verified. Several payloads in one segment are read with one request, even those
     * of different members.
     *
     * @param atOnce maximum number of rows to fetch at once
     * @throws MissingObjectException if a payload is missing from the object store
     */
    public void forEachOf(List<Part> parts, int atOnce, RowSink sink) {
        PayloadWindow window = new PayloadWindow(stored);
        JdbcTemplate streams = streams(atOnce);
        parts.forEach(part -> addTo(window, part, streams, sink));
        window.finish();
    }

    private static void addTo(PayloadWindow window, Part part, JdbcTemplate streams, RowSink sink) {
        streams.query(
                "SELECT " + COLUMNS + WITH_PAYLOAD + " WHERE g.member_id = ? AND g.round_number >= ?"
                        + " AND g.included_in < ? AND g.sequence > ? AND g.sequence <= ? ORDER BY g.sequence",
                row -> {
                    long key = row.getLong(11);
                    StoredMessage receipt = receipt(row);
                    window.add(row, 9, payload -> sink.message(receipt.with(payload), key));
                },
                part.member(),
                part.fromRound(),
                part.includedBefore(),
                part.after(),
                part.upTo());
    }

    private JdbcTemplate streams(int atOnce) {
        JdbcTemplate streams = new JdbcTemplate(source);
        streams.setFetchSize(Math.min(FETCHED_AT_ONCE, atOnce));
        return streams;
    }

    private static StoredMessage receipt(ResultSet row) throws SQLException {
        return new StoredMessage(
                row.getLong(1),
                row.getInt(8),
                row.getInt(2),
                row.getInt(3),
                row.getLong(4),
                row.getLong(5),
                Timestamps.get(row, 6),
                row.getInt(7),
                null);
    }

    private static AcceptedMessage accepted(ResultSet row, String client) throws SQLException {
        return new AcceptedMessage(
                client,
                row.getInt(2),
                row.getInt(3),
                row.getLong(4),
                row.getLong(5),
                Timestamps.get(row, 6),
                row.getInt(7));
    }
}
