package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.member.ClientDirectory;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.coordinator.selection.SelectorLimit;
import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** Lists and counts clients that match a filter, page by page in the database. Thread-safe. */
@Component
class ClientQuery implements ClientDirectory {

    /** The number of rows that PostgreSQL's driver holds in memory while ids are streamed. */
    private static final int FETCHED_AT_ONCE = 10_000;

    private static final Duration RECENT = Duration.ofDays(1);
    private static final int MAX_GROUPS = 10_000;
    private static final int MAX_NAMED = 10_000;

    private final ProfileTable profiles;
    private final JdbcClient jdbc;

    /** Runs lists and counts with a time limit, except on H2, which would keep the limit for the whole connection. */
    private final JdbcClient limited;

    private final NamedParameterJdbcTemplate streams;
    private final Dialect dialect;
    private final LastSeen lastSeen;
    private final Clock clock;

    ClientQuery(ProfileTable profiles, JdbcTemplate template, Dialect dialect, LastSeen lastSeen, Clock clock) {
        this.lastSeen = lastSeen;
        this.dialect = dialect;
        this.profiles = profiles;
        this.jdbc = JdbcClient.create(template);
        JdbcTemplate fetching = new JdbcTemplate(Objects.requireNonNull(template.getDataSource()));
        fetching.setFetchSize(FETCHED_AT_ONCE);
        this.streams = new NamedParameterJdbcTemplate(fetching);
        JdbcTemplate timed = new JdbcTemplate(template.getDataSource());
        timed.setQueryTimeout(dialect == Dialect.POSTGRESQL ? SelectorLimit.QUERY_SECONDS : -1);
        this.limited = JdbcClient.create(timed);
        this.clock = clock;
    }

    /**
     * The numbers of clients for a filter.
     *
     * @param matching the number of clients that match the filter
     * @param seenLastDay how many of these were seen in the last 24 hours
     * @param total the number of all clients
     */
    record Counts(long matching, long seenLastDay, long total) {}

    /** Returns up to {@code limit} clients that match a filter, oldest first, starting with the first or after the given one. */
    List<ClientView> page(DeviceFilter filter, @Nullable Client after, int limit) {
        List<SqlCondition> conditions = new ArrayList<>();
        conditions.add(condition(filter, SelectorConditions.of("c.profile_id", filter.selector())));
        if (after != null) {
            // Only the first comparison limits the range that is read from the index.
            conditions.add(new SqlCondition(
                    "c.enrolled_at >= :afterTime AND (c.enrolled_at > :afterTime OR c.id > :afterId)",
                    Map.of("afterTime", Timestamps.of(after.enrolledAt()), "afterId", after.getId())));
        }
        SqlCondition all = SqlCondition.all(conditions);
        return described(
                limited.sql("SELECT id, name, enrolled_by, run, certificate, enrolled_at, last_seen_at, revoked_at,"
                                + " secret_hash = '' AS erased, profile_id FROM client c WHERE " + all.text()
                                + " ORDER BY c.enrolled_at, c.id FETCH FIRST :limit ROWS ONLY")
                        .params(all.parameters())
                        .param("limit", limit)
                        .query((row, i) -> new Row(view(row), row.getLong("profile_id")))
                        .list());
    }

    private record Row(ClientView client, long profile) {}

    private List<ClientView> described(List<Row> rows) {
        Map<Long, Profile> known =
                profiles.profiles(rows.stream().map(Row::profile).toList());
        return rows.stream()
                .map(row -> row.client().described(known.getOrDefault(row.profile(), Profile.NONE)))
                .toList();
    }

    /** Counts the clients that match a filter. */
    Counts count(DeviceFilter filter) {
        SqlCondition condition = condition(filter, profilesOf(filter.selector()));
        long[] counts = limited.sql(
                        "SELECT COUNT(*), COUNT(CASE WHEN c.last_seen_at >= :recent THEN 1 END) FROM client c"
                                + " WHERE " + condition.text())
                .params(condition.parameters())
                .param("recent", Timestamps.of(clock.instant().minus(RECENT)))
                .query((row, i) -> new long[] {row.getLong(1), row.getLong(2)})
                .single();
        long total = filter.isEmpty()
                ? counts[0]
                : jdbc.sql("SELECT COUNT(*) FROM client").query(Long.class).single();
        return new Counts(counts[0], counts[1], total);
    }

    @Override
    public List<Group> active(Instant since) {
        record Counted(long profile, long devices, long all) {}
        List<Counted> counted = jdbc.sql("SELECT profile_id, COUNT(*), SUM(COUNT(*)) OVER () FROM client"
                        + " WHERE revoked_at IS NULL AND COALESCE(last_seen_at, enrolled_at) >= :since"
                        + " GROUP BY profile_id ORDER BY 2 DESC, 1 FETCH FIRST :most ROWS ONLY")
                .param("since", Timestamps.of(since))
                .param("most", MAX_GROUPS)
                .query((row, i) -> new Counted(row.getLong(1), row.getLong(2), row.getLong(3)))
                .list();
        Map<Long, Profile> known =
                profiles.profiles(counted.stream().map(Counted::profile).toList());
        List<Group> groups = new ArrayList<>();
        counted.forEach(group -> groups.add(
                new Group(known.getOrDefault(group.profile(), Profile.NONE).visible(), group.devices())));
        long others = counted.isEmpty()
                ? 0
                : counted.get(0).all()
                        - counted.stream().mapToLong(Counted::devices).sum();
        if (others > 0) {
            groups.add(new Group(Attributes.NONE, others));
        }
        return groups;
    }

    @Override
    public long count(DeviceSelector selector) {
        SqlCondition chosen = profilesOf(selector);
        return jdbc.sql("SELECT COUNT(*) FROM client c WHERE c.revoked_at IS NULL AND " + chosen.text())
                .params(chosen.parameters())
                .query(Long.class)
                .single();
    }

    @Override
    public List<String> chosen(DeviceSelector selector, @Nullable String run, int limit) {
        SqlCondition chosen = SelectorConditions.of("c.profile_id", selector);
        return limited.sql(
                        "SELECT c.id FROM client c WHERE c.revoked_at IS NULL AND (c.run IS NULL OR c.run = :run) AND "
                                + chosen.text() + " ORDER BY c.id FETCH FIRST :limit ROWS ONLY")
                .params(chosen.parameters())
                .param("run", run == null ? "" : run)
                .param("limit", limit)
                .query(String.class)
                .list();
    }

    @Override
    public Map<String, Entry> entries(Collection<String> clients) {
        Map<String, Long> profileOf = new HashMap<>();
        Map<String, Entry> entries = new HashMap<>();
        jdbc.sql("SELECT c.id, c.name, c.last_seen_at, c.profile_id FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS wanted(id)"
                        + " JOIN client c ON c.id = wanted.id")
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .query(row -> {
                    profileOf.put(row.getString(1), row.getLong(4));
                    entries.put(
                            row.getString(1),
                            new Entry(
                                    row.getString(2),
                                    lastSeen.of(row.getString(1), Timestamps.getNullable(row, 3)),
                                    Attributes.NONE,
                                    Attributes.NONE));
                });
        Map<Long, Profile> known = profiles.profiles(profileOf.values());
        entries.replaceAll((client, entry) -> {
            Profile profile = known.getOrDefault(profileOf.get(client), Profile.NONE);
            return new Entry(entry.name(), entry.lastSeenAt(), profile.attributes(), profile.labels());
        });
        return entries;
    }

    @Override
    public void forEach(DeviceSelector selector, Instant since, Visitor visitor) {
        SqlCondition chosen = profilesOf(selector);
        streams.query(
                "SELECT c.id, COALESCE(c.last_seen_at, c.enrolled_at) FROM client c WHERE c.revoked_at IS NULL AND "
                        + chosen.text(),
                chosen.parameters(),
                row -> {
                    visitor.visit(row.getString(1), !Timestamps.get(row, 2).isBefore(since));
                });
    }

    @Override
    public SqlCondition matching(String column, DeviceFilter filter) {
        if (filter.isEmpty()) {
            return SqlCondition.ALWAYS;
        }
        SqlCondition condition = condition(filter, SelectorConditions.of("c.profile_id", filter.selector()));
        return new SqlCondition(
                column + " IN (SELECT c.id FROM client c WHERE " + condition.text() + ")", condition.parameters());
    }

    @Override
    public SqlCondition devices(DeviceSelector selector) {
        SqlCondition chosen = profilesOf(selector);
        return new SqlCondition(
                "SELECT c.id, c.profile_id AS profile FROM client c WHERE " + chosen.text(), chosen.parameters());
    }

    @Override
    public Map<Long, String> values(String key) {
        return profiles.values(key);
    }

    /**
     * Returns the condition for devices that a selector chooses, in a query that reads all of them. It lists the
     * profiles explicitly, because PostgreSQL has statistics on their devices. With a subquery it would expect few
     * devices, and would look up each of a million devices individually.
     */
    private SqlCondition profilesOf(DeviceSelector selector) {
        SqlCondition query = SelectorConditions.profiles(selector);
        if (selector.isEmpty() || dialect != Dialect.POSTGRESQL) {
            return SelectorConditions.of("c.profile_id", selector);
        }
        List<Long> keys = jdbc.sql(query.text() + " FETCH FIRST " + (MAX_NAMED + 1) + " ROWS ONLY")
                .params(query.parameters())
                .query(Long.class)
                .list();
        if (keys.size() > MAX_NAMED) {
            return SelectorConditions.of("c.profile_id", selector);
        }
        String named = keys.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return new SqlCondition(keys.isEmpty() ? "1 = 0" : "c.profile_id IN (" + named + ")", Map.of());
    }

    /** Returns the condition on a row {@code c} of the table; {@code chosen} is the selector's condition. */
    SqlCondition condition(DeviceFilter filter, SqlCondition chosen) {
        List<SqlCondition> conditions = new ArrayList<>();
        if (!filter.search().isEmpty()) {
            conditions.add(SqlCondition.of(
                    "(LOWER(c.name) LIKE :search ESCAPE '!' OR c.id LIKE :search ESCAPE '!')",
                    "search",
                    '%' + filter.search().toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + '%'));
        }
        if (filter.state() != null) {
            conditions.add(new SqlCondition(
                    "c.revoked_at IS " + (filter.state() == DeviceFilter.State.REVOKED ? "NOT NULL" : "NULL"),
                    Map.of()));
        }
        Instant now = clock.instant();
        if (filter.seenWithin() != null) {
            conditions.add(SqlCondition.of(
                    "c.last_seen_at >= :seenSince", "seenSince", Timestamps.of(now.minus(filter.seenWithin()))));
        }
        if (filter.unseenFor() != null) {
            conditions.add(SqlCondition.of(
                    "(c.last_seen_at IS NULL OR c.last_seen_at < :unseenSince)",
                    "unseenSince",
                    Timestamps.of(now.minus(filter.unseenFor()))));
        }
        conditions.add(chosen);
        return SqlCondition.all(conditions);
    }

    private ClientView view(ResultSet row) throws SQLException {
        return new ClientView(
                row.getString("id"),
                row.getString("name"),
                row.getString("enrolled_by"),
                row.getString("run"),
                row.getString("certificate"),
                Timestamps.get(row, 6),
                lastSeen.of(row.getString("id"), Timestamps.getNullable(row, 7)),
                Timestamps.getNullable(row, 8),
                row.getBoolean("erased"),
                Map.of(),
                Map.of());
    }
}
