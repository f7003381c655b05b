package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.problem.ProblemException;
import io.evenkeel.coordinator.run.RunState;
import io.evenkeel.coordinator.storage.Dialect;
import io.evenkeel.coordinator.storage.DurableTransactions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Decides on a batch of messages and writes those that are accepted, all in one transaction.
 *
 * <p>It holds the lock of each run concerned, in the order of their keys. So between replicas of the coordinator too, a message is
 * either in before a round is frozen, or sees that it is. Thread-safe.
 */
@Component
class Acceptance {

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final MessageStore messages;
    private final OpenRounds openRounds;
    private final DurableTransactions transactions;
    private final String rowLock;
    private final Clock clock;

    Acceptance(
            JdbcTemplate batches,
            MessageStore messages,
            OpenRounds openRounds,
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
    sealed interface Outcome {

        /**
         * It is durable and in its round.
         *
         * @param receipt the receipt
         * @param isNew whether it was accepted just now, rather than found to have been accepted before
         */
        record Accepted(Receipt receipt, boolean isNew) implements Outcome {}

        /**
         * Nothing was changed.
         *
         * @param problem why
         */
        record Refused(ProblemException problem) implements Outcome {}
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
        Set<String> clients = submissions.stream().map(Submission::client).collect(Collectors.toSet());
        Set<Integer> rounds = submissions.stream().map(Submission::round).collect(Collectors.toSet());
        Ledger ledger = new Ledger(
                row,
                submissions.get(0).plan(),
                members(run, clients),
                messages.find(run, clients, rounds),
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
     * @param sequence how many of its messages were accepted
     * @param head the digest of the last of them
     */
    record MemberRow(long id, String client, int ordinal, int activeFrom, int leftAfter, long sequence, long head) {}

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

    /** Returns each client's newest membership. */
    private Map<String, MemberRow> members(long run, Set<String> clients) {
        return jdbc
                .sql("SELECT id, client_id, ordinal, active_from, COALESCE(left_after, " + Integer.MAX_VALUE
                        + "), sequence,"
                        + " head FROM member"
                        + " WHERE run_id = :run AND client_id IN (:clients) ORDER BY ordinal")
                .param("run", run)
                .param("clients", clients)
                .query((row, i) -> new MemberRow(
                        row.getLong(1),
                        row.getString(2),
                        row.getInt(3),
                        row.getInt(4),
                        row.getInt(5),
                        row.getLong(6),
                        row.getLong(7)))
                .list()
                .stream()
                .collect(Collectors.toMap(MemberRow::client, Function.identity(), (older, newer) -> newer));
    }

    private void write(long run, List<MessageStore.Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        messages.insert(rows);
        List<Object[]> chains = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        // A client may have several messages in the batch: the last one is its chain's head.
        for (int i = rows.size() - 1; i >= 0; i--) {
            MessageStore.Row row = rows.get(i);
            if (seen.add(row.member())) {
                Submission submission = row.submission();
                chains.add(new Object[] {
                    submission.sequence(), submission.digest(), submission.round(), row.member(), submission.sequence()
                });
            }
        }
        int[] changed = batches.batchUpdate(
                "UPDATE member SET sequence = ?, head = ?, last_round = ? WHERE id = ? AND sequence < ?", chains);
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
