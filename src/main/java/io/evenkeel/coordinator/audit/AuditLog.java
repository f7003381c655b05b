package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.fleet.DeviceRows;
import io.evenkeel.coordinator.fleet.ErasedDevice;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.engine.permission.RunPatterns;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Stores who changed what. An entry is written before the request is executed, so each executed request has an entry. Only the
 * outcome of an entry is changed later. Repeated refusals share an entry. Entries older than the retention are deleted. Thread-safe.
 */
@Component
public class AuditLog implements DeviceRows {

    private static final Pattern RUN = Pattern.compile("/api/v1/runs/([^/?]{1,64})(?:[/?].*)?");
    private static final Pattern SECRET = Pattern.compile("evk_[A-Za-z0-9_-]*");
    private static final String COLUMNS =
            "id, requested_at, actor, role, address, method, path, run, status, requests, first_at";
    private static final int SEARCHED_ENTRIES = 100_000;

    /** The method and the path in an entry that represents different requests. */
    private static final String OTHERS = "*";

    private static final int MAX_PATH_LENGTH = 400;
    private static final int MAX_ACTOR_LENGTH = 200;
    private static final int MAX_ADDRESS_LENGTH = 64;
    private static final int MAX_METHOD_LENGTH = 16;
    private static final Duration PRUNED_EVERY = Duration.ofHours(1);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final TrustedTime time;
    private final Duration retention;
    private final RefusedRequests refused = new RefusedRequests();
    private final AtomicLong prunedAt = new AtomicLong(Long.MIN_VALUE / 2);

    AuditLog(JdbcClient jdbc, Clock clock, TrustedTime time, AuditSettings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.time = time;
        this.retention = settings.retention();
    }

    /** The entry of a request that is being executed. */
    public record Entry(long id, RefusedRequests.Request request, Instant at) {}

    /**
     * Writes an entry without an outcome.
     *
     * @throws org.springframework.dao.DataAccessException if it cannot be written; the request must then not
     *     be executed
     */
    public Entry begin(String actor, String role, String address, String method, String path) {
        Instant now = clock.instant();
        prune(time.forRetention());
        KeyHolder key = new GeneratedKeyHolder();
        String clean = SECRET.matcher(path).replaceAll("evk_…");
        RefusedRequests.Request request = new RefusedRequests.Request(
                cut(actor, MAX_ACTOR_LENGTH),
                role,
                cut(address, MAX_ADDRESS_LENGTH),
                cut(method, MAX_METHOD_LENGTH),
                cut(clean, MAX_PATH_LENGTH));
        jdbc.sql("INSERT INTO audit_entry (requested_at, actor, role, address, method, path, run)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .param(Timestamps.of(now))
                .param(request.actor())
                .param(request.role())
                .param(request.address())
                .param(request.method())
                .param(request.path())
                .param(runOf(clean))
                .update(key, "id");
        Number id = key.getKey();
        if (id == null) {
            throw new IllegalStateException("the database gave the audit entry no key");
        }
        return new Entry(id.longValue(), request, now);
    }

    /**
     * Sets the outcome of an entry. The entry of a refusal replaces the entry of earlier identical refusals,
     * and counts them.
     *
     * @param location the address of the created resource, or null; identifies a created run
     */
    public void end(Entry entry, int status, @Nullable String location) {
        if (status >= HttpStatus.BAD_REQUEST.value() && status < HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            refuse(entry, status);
            return;
        }
        jdbc.sql("UPDATE audit_entry SET status = ?, run = COALESCE(run, ?) WHERE id = ? AND status IS NULL")
                .param(status)
                .param(location == null ? null : runOf(location))
                .param(entry.id())
                .update();
    }

    private void refuse(Entry entry, int status) {
        RefusedRequests.Group group;
        synchronized (refused) {
            group = refused.add(entry.request(), status, entry.id(), entry.at());
        }
        jdbc.sql("UPDATE audit_entry SET status = ?, requests = ?, first_at = ?, method = ?, path = ?"
                        + (group.isMixed() ? ", run = NULL" : "") + " WHERE id = ?")
                .param(status)
                .param(group.count())
                .param(group.count() == 1 ? null : Timestamps.of(group.first()))
                .param(group.isMixed() ? OTHERS : entry.request().method())
                .param(group.isMixed() ? OTHERS : entry.request().path())
                .param(entry.id())
                .update();
        if (group.superseded() != null) {
            jdbc.sql("DELETE FROM audit_entry WHERE id = ?")
                    .param(group.superseded())
                    .update();
        }
    }

    /**
     * The filter of listed entries; null matches all.
     *
     * @param before only entries with a smaller id
     * @param run only entries of this run
     * @param client only requests about this device
     * @param actor only entries of actors whose names contain this
     * @param method only requests with this HTTP method
     * @param path only requests whose path and query contain this
     * @param since only entries at or after this time
     * @param until only entries before this time
     */
    record Choice(
            @Nullable Long before,
            @Nullable String run,
            @Nullable String client,
            @Nullable String actor,
            @Nullable String method,
            @Nullable String path,
            @Nullable Instant since,
            @Nullable Instant until) {}

    /**
     * Returns the newest matching entries, newest first. The filters for device, actor, method and path have
     * no index, so they search only the newest 100,000 entries that meet the other conditions. To find older
     * entries, limit the time.
     *
     * @param readers only entries of runs that the reader may use
     */
    List<AuditEntry> newest(Choice choice, RunPatterns readers, int limit) {
        String indexed = "id < :before"
                + (choice.run() == null ? "" : " AND run = :run")
                + (choice.since() == null ? "" : " AND requested_at >= :since")
                + (choice.until() == null ? "" : " AND requested_at < :until")
                + (readers.areAll() ? "" : " AND " + readers.condition("run"));
        String searched = "1 = 1"
                + (choice.actor() == null ? "" : " AND POSITION(:actor IN actor) > 0")
                + (choice.client() == null ? "" : " AND (path LIKE :client OR path LIKE :member)")
                + (choice.method() == null ? "" : " AND method = :method")
                + (choice.path() == null ? "" : " AND POSITION(:path IN path) > 0");
        return jdbc.sql("SELECT " + COLUMNS + " FROM (SELECT " + COLUMNS + " FROM audit_entry WHERE " + indexed
                        + " ORDER BY id DESC FETCH FIRST " + SEARCHED_ENTRIES + " ROWS ONLY) AS newest WHERE "
                        + searched
                        + " ORDER BY id DESC FETCH FIRST :limit ROWS ONLY")
                .param("before", choice.before() == null ? Long.MAX_VALUE : choice.before())
                .param("run", choice.run())
                .param("actor", choice.actor())
                .param("since", Timestamps.ofNullable(choice.since()))
                .param("until", Timestamps.ofNullable(choice.until()))
                .param("client", "/api/v1/clients/" + choice.client() + "%")
                .param("member", "/api/v1/runs/%/members/" + choice.client())
                .param("method", choice.method())
                .param("path", choice.path())
                .params(readers.parameters())
                .param("limit", limit)
                .query((row, i) -> entry(row))
                .list();
    }

    /**
     * Removes query strings that name the device, such as a search for it. The device's id stays in the
     * paths.
     */
    @Override
    public void erase(ErasedDevice device) {
        jdbc.sql("SELECT id, path FROM audit_entry WHERE path LIKE '%?%'")
                .query((row, i) -> Map.entry(row.getLong(1), row.getString(2)))
                .list()
                .forEach(entry -> {
                    int query = entry.getValue().indexOf('?') + 1;
                    if (names(device, entry.getValue().substring(query))) {
                        jdbc.sql("UPDATE audit_entry SET path = ? WHERE id = ?")
                                .params(entry.getValue().substring(0, query) + "…", entry.getKey())
                                .update();
                    }
                });
    }

    private static boolean names(ErasedDevice device, String query) {
        return UriComponentsBuilder.newInstance().query(query).build().getQueryParams().entrySet().stream()
                .flatMap(parameter -> parameter.getValue().stream())
                .filter(Objects::nonNull)
                .map(value -> decoded(value))
                .anyMatch(device::isNamedIn);
    }

    /** Returns the decoded path; a truncated one may end in the middle of an encoded character. */
    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    private void prune(Instant now) {
        long last = prunedAt.get();
        if (now.getEpochSecond() - last > PRUNED_EVERY.toSeconds()
                && prunedAt.compareAndSet(last, now.getEpochSecond())) {
            jdbc.sql("DELETE FROM audit_entry WHERE requested_at < ?")
                    .param(now.minus(retention).atOffset(ZoneOffset.UTC))
                    .update();
        }
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        int status = row.getInt("status");
        return new AuditEntry(
                row.getLong("id"),
                Timestamps.get(row, "requested_at"),
                row.getString("actor"),
                row.getString("role"),
                row.getString("address"),
                row.getString("method"),
                row.getString("path"),
                row.getString("run"),
                status == 0 ? null : status,
                row.getLong("requests"),
                Timestamps.getNullable(row, "first_at"));
    }

    private static @Nullable String runOf(String path) {
        Matcher run = RUN.matcher(path);
        return run.matches() && !run.group(1).equals("import") ? run.group(1) : null;
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }
}
