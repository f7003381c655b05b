package io.evenkeel.coordinator.member;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.selection.SelectorLimit;
import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.selection.DeviceSelector;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Lists the members of a run for operators, page by page in the database. Thread-safe. */
@Component
public class MemberQuery {

    /** The condition that a membership is not over while round {@code :round} is open; it may start later. */
    private static final String PRESENT =
            "(m.left_after IS NULL OR (m.left_after >= :round AND m.left_after >= m.active_from))";

    private static final String COLUMNS = "m.client_id, m.ordinal, m.weight, m.pending_weight, m.active_from,"
            + " m.left_after, m.joined_at, c.sequence, c.head, c.last_round";

    private static final int MAX_DEVICES = 1000;

    private final RunRepository runs;
    private final ClientDirectory clients;
    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final SelectorLimit selectors;
    private final SilentMembers silence;

    MemberQuery(
            RunRepository runs,
            ClientDirectory clients,
            JdbcClient jdbc,
            DurableTransactions transactions,
            SelectorLimit selectors,
            SilentMembers silence) {
        this.runs = runs;
        this.clients = clients;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.selectors = selectors;
        this.silence = silence;
    }

    /**
     * Returns the members that have not left and meet a filter, in the order of their ordinals.
     *
     * @param after only members with a larger ordinal; -1 for all
     * @param limit the maximum number of members
     */
    public List<MemberView> page(PlanCache.Known known, MemberFilter filter, int after, int limit) {
        return selectors.run(
                filter.device().selector(),
                () -> transactions.read(() -> {
                    int round = runs.get(known.run()).openRound();
                    return named(rows(known.run(), round, filter, after, limit), silence.of(known.run()));
                }));
    }

    private List<MemberView> rows(long run, int round, MemberFilter filter, int after, int limit) {
        List<SqlCondition> conditions = new ArrayList<>();
        conditions.add(new SqlCondition(
                "m.run_id = :run AND m.ordinal > :after AND " + PRESENT,
                Map.of("run", run, "after", after, "round", round)));
        if (filter.state() != null) {
            conditions.add(new SqlCondition(condition(filter.state()), Map.of()));
        }
        conditions.add(clients.matching("m.client_id", filter.device()));
        SqlCondition all = SqlCondition.all(conditions);
        return jdbc.sql("SELECT " + COLUMNS + " FROM member m JOIN member_chain c ON c.member_id = m.id WHERE "
                        + all.text() + " ORDER BY m.ordinal FETCH FIRST :limit ROWS ONLY")
                .params(all.parameters())
                .param("limit", limit)
                .query((row, i) -> view(row))
                .list();
    }

    private static String condition(MemberFilter.State state) {
        return switch (state) {
            case ACTIVE -> "m.active_from <= :round";
            case JOINING -> "m.active_from > :round";
            case LEAVING -> "m.left_after IS NOT NULL";
        };
    }

    private List<MemberView> named(List<MemberView> page, BitSet silent) {
        Map<String, ClientDirectory.Entry> entries =
                clients.entries(page.stream().map(MemberView::client).toList());
        return page.stream()
                .map(member -> known(member, entries, silent.get(member.ordinal())))
                .toList();
    }

    private static MemberView known(MemberView member, Map<String, ClientDirectory.Entry> entries, boolean silent) {
        return member.known(entries.getOrDefault(member.client(), ClientDirectory.Entry.UNKNOWN), silent);
    }

    /**
     * A member that has not answered a round.
     *
     * @param client its client
     * @param ordinal its ordinal
     * @param lastRound the newest round it has answered, -1 if there is none
     */
    public record Unanswered(String client, int ordinal, int lastRound) {}

    /**
     * Returns the members of a run with the given ordinals, sorted by ordinal. The list of ordinals must be
     * short.
     */
    public List<Unanswered> unanswered(long run, List<Integer> ordinals) {
        if (ordinals.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("SELECT m.client_id, m.ordinal, c.last_round FROM member m JOIN member_chain c ON c.member_id"
                        + " = m.id WHERE m.run_id = :run AND m.ordinal IN (:ordinals) ORDER BY m.ordinal")
                .param("run", run)
                .param("ordinals", ordinals)
                .query((row, i) -> new Unanswered(row.getString(1), row.getInt(2), row.getInt(3)))
                .list();
    }

    /**
     * A run that a device has joined.
     *
     * @param run the run's name
     * @param state the run's state
     * @param membership whether the device takes part in the run
     * @param joinedAt when the device joined
     * @param leftAfter the last round of its membership; absent if it is still a member
     * @param weight its weight
     * @param messages the number of its messages that were accepted
     * @param lastRound the newest round that it answered; absent if it has not answered any
     */
    @Schema(name = "DeviceRun")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Joined(
            String run,
            RunState state,
            Membership membership,
            Instant joinedAt,
            @Nullable Integer leftAfter,
            double weight,
            long messages,
            @Nullable Integer lastRound) {}

    /** Whether a device takes part in a run. */
    @Schema(name = "Membership")
    public enum Membership {
        ACTIVE,
        JOINING,
        LEAVING,
        LEFT;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Returns the value for a membership.
         *
         * @param openRound the open round, -1 before the start
         */
        static Membership of(int activeFrom, @Nullable Integer leftAfter, int openRound) {
            if (leftAfter != null) {
                return leftAfter < activeFrom || leftAfter < openRound ? LEFT : LEAVING;
            }
            return activeFrom > openRound ? JOINING : ACTIVE;
        }
    }

    /**
     * A membership with its run.
     *
     * @param run the run's name
     * @param state the run's state
     * @param round the open round, or the number of the newest model
     * @param member the membership
     */
    public record OfRun(String run, RunState state, int round, MemberView member) {}

    /**
     * Returns the active memberships, in one run or in all active runs, of at most a thousand devices that
     * match a selector. Memberships of the newest run come first.
     *
     * @param run the run's name; null for all
     */
    public List<OfRun> chosenBy(DeviceSelector selector, @Nullable String run) {
        return selectors.run(
                selector,
                () -> transactions.read(() -> {
                    List<OfRun> found = memberships(chosen(selector), run);
                    Map<String, ClientDirectory.Entry> entries = clients.entries(
                            found.stream().map(one -> one.member().client()).toList());
                    return found.stream()
                            .map(one ->
                                    new OfRun(one.run(), one.state(), one.round(), known(one.member(), entries, false)))
                            .toList();
                }));
    }

    private List<String> chosen(DeviceSelector selector) {
        SqlCondition devices = clients.devices(selector);
        return jdbc.sql(devices.text() + " FETCH FIRST " + MAX_DEVICES + " ROWS ONLY")
                .params(devices.parameters())
                .query((row, i) -> row.getString(1))
                .list();
    }

    /** Looks each device up in the index of each run. */
    private List<OfRun> memberships(List<String> devices, @Nullable String run) {
        List<Object> parameters = new ArrayList<>(List.of(new SqlArrayValue("VARCHAR", devices.toArray())));
        if (run != null) {
            parameters.add(run);
        }
        return jdbc.sql("SELECT r.name, r.state, r.round_number, " + COLUMNS
                        + " FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS device(id)"
                        + " JOIN run r ON r.deleted_at IS NULL AND "
                        + (run == null ? "r.state IN ('CREATED', 'RUNNING', 'PAUSED')" : "r.name = ?")
                        + " JOIN member m ON m.run_id = r.id AND m.client_id = device.id"
                        + " AND (m.left_after IS NULL OR (m.left_after >= m.active_from"
                        + " AND (r.state = 'CREATED' OR m.left_after >= r.round_number)))"
                        + " JOIN member_chain c ON c.member_id = m.id ORDER BY r.id DESC, m.ordinal")
                .params(parameters)
                .query((row, i) -> new OfRun(
                        row.getString("name"),
                        RunState.valueOf(row.getString("state")),
                        row.getInt("round_number"),
                        view(row)))
                .list();
    }

    /** Returns the runs that a device has joined, newest first. */
    public List<Joined> runsOf(String client) {
        return transactions.read(() -> jdbc.sql(
                        "SELECT r.name, r.state, r.round_number, m.active_from, m.joined_at, m.left_after, m.weight,"
                                + " c.sequence, c.last_round"
                                + " FROM run r JOIN member m ON m.run_id = r.id AND m.client_id = ?"
                                + " JOIN member_chain c ON c.member_id = m.id ORDER BY m.joined_at DESC, m.id DESC")
                .param(client)
                .query((row, i) -> {
                    int lastRound = row.getInt("last_round");
                    RunState state = RunState.valueOf(row.getString("state"));
                    Integer leftAfter = row.getObject("left_after", Integer.class);
                    return new Joined(
                            row.getString("name"),
                            state,
                            Membership.of(
                                    row.getInt("active_from"),
                                    leftAfter,
                                    state == RunState.CREATED ? -1 : row.getInt("round_number")),
                            Timestamps.get(row, "joined_at"),
                            leftAfter,
                            row.getDouble("weight"),
                            row.getLong("sequence"),
                            lastRound < 0 ? null : (Integer) lastRound);
                })
                .list());
    }

    private static MemberView view(ResultSet row) throws SQLException {
        int lastRound = row.getInt("last_round");
        return new MemberView(
                row.getString("client_id"),
                null,
                row.getInt("ordinal"),
                row.getDouble("weight"),
                row.getObject("pending_weight", Double.class),
                row.getInt("active_from"),
                row.getObject("left_after", Integer.class),
                row.getLong("sequence"),
                HexFormat.of().toHexDigits(row.getLong("head")),
                lastRound < 0 ? null : lastRound,
                Timestamps.get(row, "joined_at"),
                false,
                null,
                Map.of(),
                Map.of());
    }
}
