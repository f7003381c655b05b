package io.evenkeel.coordinator.message;

import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Assigns the keys of {@code message_payload} in ascending order, so that rows are stored in the order of
 * arrival. Takes keys in blocks from a database sequence, so that a batch of inserts needs no generated keys.
 * Thread-safe.
 */
@Component
class PayloadKeys {

    private static final long BLOCK = 1024;

    private final JdbcTemplate jdbc;
    private long next;
    private long end;

    PayloadKeys(DataSource source) {
        this.jdbc = new JdbcTemplate(source);
    }

    /**
     * Returns a key that no coordinator that shares this database has used. Unused keys of a block are lost
     * when the coordinator stops.
     */
    synchronized long next() {
        if (next == end) {
            long block =
                    Objects.requireNonNull(jdbc.queryForObject("SELECT NEXTVAL('message_payload_block')", Long.class));
            next = block * BLOCK;
            end = next + BLOCK;
        }
        return next++;
    }
}
