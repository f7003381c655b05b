package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code webhook}. Works in the caller's transaction. */
@Component
class WebhookTable {

    private static final String SELECT =
            "SELECT id, url, description, events, run, created_by, created_at FROM webhook ";

    private final JdbcClient jdbc;

    WebhookTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Webhook webhook, String secret) {
        jdbc.sql("INSERT INTO webhook (id, url, description, events, run, secret, created_by, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .param(webhook.id())
                .param(webhook.url())
                .param(webhook.description())
                .param(String.join(",", webhook.events()))
                .param(webhook.run())
                .param(secret)
                .param(webhook.createdBy())
                .param(Timestamps.of(webhook.createdAt()))
                .update();
    }

    /** Returns all webhooks, oldest first. */
    List<Webhook> list() {
        return jdbc.sql(SELECT + "ORDER BY created_at, id")
                .query((row, i) -> webhook(row))
                .list();
    }

    /**
     * Returns a webhook.
     *
     * @throws ProblemException {@code webhook-not-found}
     */
    Webhook get(String id) {
        return jdbc.sql(SELECT + "WHERE id = ?")
                .param(id)
                .query((row, i) -> webhook(row))
                .optional()
                .orElseThrow(() -> notFound(id));
    }

    /** Deletes a webhook with its deliveries, or throws {@code webhook-not-found}. */
    void delete(String id) {
        if (jdbc.sql("DELETE FROM webhook WHERE id = ?").param(id).update() == 0) {
            throw notFound(id);
        }
    }

    private static ProblemException notFound(String id) {
        return ProblemKind.WEBHOOK_NOT_FOUND.because(
                "there is no webhook with the id '" + id + "'", "GET /api/v1/webhooks lists the webhooks");
    }

    private static Webhook webhook(ResultSet row) throws SQLException {
        String events = row.getString(4);
        return new Webhook(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                events.isEmpty() ? List.of() : List.of(events.split(",")),
                row.getString(5),
                row.getString(6),
                Timestamps.get(row, 7));
    }
}
