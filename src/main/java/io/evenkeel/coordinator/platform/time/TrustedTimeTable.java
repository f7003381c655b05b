package io.evenkeel.coordinator.platform.time;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code trusted_time}. Its only row contains the newest time that a coordinator has seen. */
@Component
public class TrustedTimeTable {

    private final JdbcClient jdbc;

    /** Creates an accessor for the table. */
    public TrustedTimeTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the newest time, empty before the first one is stored. */
    public Optional<Instant> newest() {
        return jdbc.sql("SELECT newest FROM trusted_time WHERE id = 1 AND newest IS NOT NULL")
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    /** Stores a time, replacing any other. */
    void replace(Instant time) {
        jdbc.sql("UPDATE trusted_time SET newest = ? WHERE id = 1")
                .param(Timestamps.of(time))
                .update();
    }

    /** Stores a time, unless the stored one is newer. */
    public void raise(Instant time) {
        jdbc.sql("UPDATE trusted_time SET newest = :time WHERE id = 1 AND (newest IS NULL OR newest < :time)")
                .param("time", Timestamps.of(time))
                .update();
    }
}
