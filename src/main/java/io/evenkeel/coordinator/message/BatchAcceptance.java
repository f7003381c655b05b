package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.OpenRoundCache;
import io.evenkeel.coordinator.run.RunState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Decides on a batch of messages and writes those that are accepted, all in one transaction.
 *
 * <p>It holds the lock of each run concerned, in the order of their keys. So between replicas of the coordinator too, a message is
 * either in before a round is frozen, or sees that it is. Thread-safe.
 */
@Component
public class BatchAcceptance {

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final MessageStore messages;
    private final OpenRoundCache openRounds;
    private final DurableTransactions transactions;
    private final String rowLock;
    private final Clock clock;

    BatchAcceptance(
            JdbcTemplate batches,
            MessageStore messages,
            OpenRoundCache openRounds,
            DurableTransactions transactions,
            Dialect dialect,
            Clock clock) {
        this.rowLock = dialect.rowLock();
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.messages = messages;
        this.openRounds = openRounds;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** What became of a message. */
    public sealed interface Outcome {

        /**
         * Returns the acceptance.
         *
         * @throws ProblemException if the message was refused
         */
        Accepted orThrow();

        /** Tells whether the message was accepted just now. */
        boolean isNew();

        /**
         * It is durable and in its round.
         *
         * @param receipt the receipt
         * @param isNew whether it was accepted just now, rather than found to have been accepted before
         */
        record Accepted(Receipt receipt, boolean isNew) implements Outcome {

            @Override
            public Accepted orThrow() {
                return this;
            }
        }

        /**
         * Nothing was changed.
         *
         * @param problem why
         */
        record Refused(ProblemException problem) implements Outcome {

            @Override
            public Accepted orThrow() {
                throw problem;
            }

            @Override
            public boolean isNew() {
                return false;
            }
        }
    }

    /**
     * Decides on messages in the order given.
     *
     * @return an outcome for each, once all of them are on the disk
     * @throws org.springframework.dao.DataAccessException if the database failed; whether anything was written is uncertain, and
     *     sending the same again finds out
     */
    List<Outcome> decide(List<Submission> batch) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return transactions.write(() -> {
            Map<Long, List<Submission>> byRun =
                    batch.stream().collect(Collectors.groupingBy(Submission::run, TreeMap::new, Collectors.toList()));
            Map<Submission, Outcome> outcomes = new LinkedHashMap<>();
            byRun.forEach((run, submissions) -> outcomes.putAll(decide(run, submissions, now)));
            return batch.stream().map(outcomes::get).toList();
        });
    }

    private Map<Submission, Outcome> decide(long run, List<Submission> submissions, Instant now) {
        RunRow row = lock(run);
        List<MemberRow> memberships =
                memberships(run, submissions.stream().map(Submission::client).collect(Collectors.toSet()));
        AcceptanceRules ledger = new AcceptanceRules(
                row,
                submissions.get(0).plan(),
                memberships.stream()
                        .collect(Collectors.toMap(MemberRow::client, Function.identity(), (older, newer) -> newer)),
                earlier(run, submissions, memberships),
                () -> openRounds.sampled(run, row.round(), row.extended()));
        Map<Submission, Outcome> outcomes = new LinkedHashMap<>();
        for (Submission submission : submissions) {
            outcomes.put(submission, ledger.decide(submission, now));
        }
        write(run, ledger.accepted());
        return outcomes;
    }

    /**
     * A run's row while it is locked.
     *
     * @param name its name
     * @param state its state
     * @param closing whether the open round is frozen
     * @param round the open round
     * @param accepted messages in it
     * @param extended how often it was extended
     */
    record RunRow(String name, RunState state, boolean closing, int round, int accepted, int extended) {}

    /**
     * A membership's row while its run is locked.
     *
     * @param id its key
     * @param client the client
     * @param ordinal its ordinal
     * @param activeFrom the first round it takes part in
     * @param leftAfter the last one, {@link Integer#MAX_VALUE} for no end
     * @param lastRound the newest round it has answered, -1 for none
     * @param sequence how many of its messages were accepted
     * @param head the digest of the last of them
     */
    record MemberRow(
            long id,
            String client,
            int ordinal,
            int activeFrom,
            int leftAfter,
            int lastRound,
            long sequence,
            long head) {}

    private RunRow lock(long run) {
        return jdbc.sql("SELECT name, state, closing, round_number, accepted, extended FROM run WHERE id = ? "
                        + rowLock)
                .param(run)
                .query((row, i) -> new RunRow(
                        row.getString(1),
                        RunState.valueOf(row.getString(2)),
                        row.getBoolean(3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getInt(6)))
                .single();
    }

    /** Returns the clients' memberships, older ones first. */
    private List<MemberRow> memberships(long run, Set<String> clients) {
        // Not IN, as H2 compares what the index finds with the whole list once more, row by row. And an outer join,
        // since
        // H2 would begin an inner one with the members.
        return jdbc
                .sql("SELECT m.id, m.client_id, m.ordinal, m.active_from, COALESCE(m.left_after, "
                        + Integer.MAX_VALUE
                        + "), c.last_round, c.sequence, c.head FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS sender(id)"
                        + " LEFT JOIN member m ON m.run_id = ? AND m.client_id = sender.id"
                        + " LEFT JOIN member_chain c ON c.member_id = m.id ORDER BY m.ordinal")
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .param(run)
                .query((row, i) -> row.getObject(1) == null ? Optional.<MemberRow>empty() : Optional.of(member(row)))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static MemberRow member(ResultSet row) throws SQLException {
        return new MemberRow(
                row.getLong(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                row.getInt(5),
                row.getInt(6),
                row.getLong(7),
                row.getLong(8));
    }

    /** Returns what was accepted before for the same rounds. Most messages are for a round newer than any their client has answered. */
    private List<MessageStore.Accepted> earlier(long run, List<Submission> submissions, List<MemberRow> memberships) {
        Map<String, Integer> answered =
                memberships.stream().collect(Collectors.toMap(MemberRow::client, MemberRow::lastRound, Math::max));
        List<Submission> perhapsRepeated = submissions.stream()
                .filter(message -> message.round() <= answered.getOrDefault(message.client(), -1))
                .toList();
        return perhapsRepeated.isEmpty()
                ? List.of()
                : messages.find(
                        run,
                        perhapsRepeated.stream().map(Submission::client).collect(Collectors.toSet()),
                        perhapsRepeated.stream().map(Submission::round).collect(Collectors.toSet()));
    }

    private void write(long run, List<MessageStore.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        messages.insert(rows);
        // One after the other, as a client may have several messages in the batch.
        List<Object[]> chains = rows.stream()
                .map(row -> new Object[] {
                    row.submission().sequence(),
                    row.submission().digest(),
                    row.submission().round(),
                    row.submission().bytes().length,
                    row.member(),
                    row.submission().sequence()
                })
                .toList();
        int[] changed = batches.batchUpdate(
                "UPDATE member_chain SET sequence = ?, head = ?, last_round = GREATEST(last_round, ?),"
                        + " bytes = bytes + ? WHERE member_id = ? AND sequence < ?",
                chains);
        for (int count : changed) {
            if (count == 0) {
                throw new IllegalStateException("a chain moved although its run is locked: run " + run);
            }
        }
        jdbc.sql("UPDATE run SET accepted = accepted + ? WHERE id = ?")
                .params(rows.size(), run)
                .update();
    }
}
