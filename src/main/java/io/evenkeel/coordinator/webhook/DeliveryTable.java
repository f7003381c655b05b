package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.time.ClockCorrection;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The table {@code webhook_delivery}. Works in the caller's transaction. */
@Component
class DeliveryTable implements ClockCorrection {

    private static final String SELECT = "SELECT d.id, d.event_id, d.type, d.run, d.state, d.attempts, d.created_at,"
            + " d.attempted_at, d.next_attempt_at, d.status, d.error FROM webhook_delivery d ";
    private static final int MAX_ERROR_LENGTH = 500;

    private final JdbcClient jdbc;
    private final Dialect dialect;

    DeliveryTable(JdbcClient jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
    }

    void insert(String webhook, String eventId, String type, @Nullable String run, String payload, Instant now) {
        jdbc.sql("INSERT INTO webhook_delivery (webhook_id, event_id, type, run, payload, state, attempts, created_at,"
                        + " next_attempt_at) VALUES (?, ?, ?, ?, ?, 'PENDING', 0, ?, ?)")
                .param(webhook)
                .param(eventId)
                .param(type)
                .param(run)
                .param(payload)
                .param(Timestamps.of(now))
                .param(Timestamps.of(now))
                .update();
    }

    /**
     * Takes due deliveries that no other coordinator has taken.
     *
     * @param claim the time after which another coordinator may take them, because this one may have died
     */
    List<Delivery.Taken> take(int limit, Instant now, Duration claim) {
        Object[] ids = jdbc.sql("SELECT id FROM webhook_delivery WHERE state = 'PENDING' AND next_attempt_at <= ?"
                        + " ORDER BY next_attempt_at FETCH FIRST ? ROWS ONLY " + dialect.rowLockOfFree())
                .params(Timestamps.of(now), limit)
                .query(Long.class)
                .list()
                .toArray();
        if (ids.length == 0) {
            return List.of();
        }
        SqlArrayValue chosen = new SqlArrayValue("BIGINT", ids);
        jdbc.sql("UPDATE webhook_delivery SET attempts = attempts + 1, attempted_at = ?, next_attempt_at = ?"
                        + " WHERE id IN (SELECT * FROM UNNEST(CAST(? AS BIGINT ARRAY)))")
                .params(Timestamps.of(now), Timestamps.of(now.plus(claim)), chosen)
                .update();
        return jdbc.sql("SELECT d.id, d.attempts, w.url, w.secret, d.event_id, d.payload FROM webhook_delivery d"
                        + " JOIN webhook w ON w.id = d.webhook_id"
                        + " WHERE d.id IN (SELECT * FROM UNNEST(CAST(? AS BIGINT ARRAY))) ORDER BY d.id")
                .param(chosen)
                .query((row, i) -> new Delivery.Taken(
                        row.getLong(1),
                        row.getInt(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)))
                .list();
    }

    /** Writes the outcome of an attempt; does nothing if another coordinator has started the next one. */
    void end(
            Delivery.Taken attempt,
            Delivery.State state,
            Instant next,
            @Nullable Integer status,
            @Nullable String error) {
        jdbc.sql("UPDATE webhook_delivery SET state = ?, next_attempt_at = ?, status = ?, error = ?"
                        + " WHERE id = ? AND attempts = ?")
                .param(state.name())
                .param(Timestamps.of(next))
                .param(status)
                .param(
                        error == null || error.length() <= MAX_ERROR_LENGTH
                                ? error
                                : error.substring(0, MAX_ERROR_LENGTH))
                .param(attempt.id())
                .param(attempt.attempt())
                .update();
    }

    /** Makes a delivery due now; if it is not pending, also resets its number of attempts. */
    Delivery retry(String webhook, long id, Instant now) {
        int changed = jdbc.sql(
                        "UPDATE webhook_delivery SET attempts = CASE WHEN state = 'PENDING' THEN attempts ELSE 0 END,"
                                + " state = 'PENDING', next_attempt_at = ? WHERE id = ? AND webhook_id = ?")
                .params(Timestamps.of(now), id, webhook)
                .update();
        if (changed == 0) {
            throw notFound(webhook, id);
        }
        return get(webhook, Long.toString(id));
    }

    /** Returns a delivery by its id or its event's id, or throws {@code delivery-not-found}. */
    Delivery get(String webhook, String id) {
        return jdbc.sql(SELECT + "WHERE d.webhook_id = ? AND (CAST(d.id AS VARCHAR) = ? OR d.event_id = ?)")
                .params(webhook, id, id)
                .query((row, i) -> delivery(row))
                .optional()
                .orElseThrow(() -> notFound(webhook, id));
    }

    /** Returns the newest deliveries before an id, newest first; only those in a given state, or all if it is null. */
    List<Delivery> newest(String webhook, long before, Delivery.@Nullable State state, int limit) {
        return jdbc.sql(SELECT + "WHERE d.webhook_id = :webhook AND d.id < :before"
                        + (state == null ? "" : " AND d.state = :state")
                        + " ORDER BY d.id DESC FETCH FIRST :limit ROWS ONLY")
                .param("webhook", webhook)
                .param("before", before)
                .param("state", state == null ? null : state.name())
                .param("limit", limit)
                .query((row, i) -> delivery(row))
                .list();
    }

    int pending() {
        return jdbc.sql("SELECT COUNT(*) FROM webhook_delivery WHERE state = 'PENDING'")
                .query(Integer.class)
                .single();
    }

    /** Deletes deliveries that are not pending and older than a time, up to a limit, and returns their number. */
    int deleteBefore(Instant time, int limit) {
        return jdbc.sql("DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery"
                        + " WHERE created_at < ? AND state <> 'PENDING' ORDER BY created_at FETCH FIRST ? ROWS ONLY)")
                .params(Timestamps.of(time), limit)
                .update();
    }

    private static ProblemException notFound(String webhook, Object id) {
        return ProblemKind.DELIVERY_NOT_FOUND.because(
                "webhook '" + webhook + "' has no delivery " + id + ", or it is no longer kept",
                "see GET /api/v1/webhooks/" + webhook + "/deliveries");
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        Delivery.State state = Delivery.State.valueOf(row.getString(5));
        int status = row.getInt(10);
        return new Delivery(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                state,
                row.getInt(6),
                Timestamps.get(row, 7),
                Timestamps.getNullable(row, 8),
                state == Delivery.State.PENDING ? Timestamps.get(row, 9) : null,
                status == 0 ? null : status,
                row.getString(11));
    }

    @Override
    public void correct(Instant now) {
        ClockCorrection.moveBack(jdbc, "webhook_delivery", "attempted_at", "next_attempt_at", now);
        ClockCorrection.moveBack(jdbc, "webhook_delivery", "created_at", "next_attempt_at", now);
    }
}
