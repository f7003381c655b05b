package io.evenkeel.coordinator.message;

import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Keys of messages' payloads, ascending, so that rows lie in the order of their arrival. They come from a sequence of the database a
 * block at a time: a batch asks for no generated keys. Thread-safe.
 */
@Component
public class PayloadKeys {

    private static final long BLOCK = 1024;

    private final JdbcTemplate jdbc;
    private long next;
    private long end;

    public PayloadKeys(DataSource source) {
        this.jdbc = new JdbcTemplate(source);
    }

    /** Returns a key that no coordinator on this database has used; unused ones are lost when it stops. */
    public synchronized long next() {
        if (next == end) {
            long block =
                    Objects.requireNonNull(jdbc.queryForObject("SELECT NEXTVAL('message_payload_block')", Long.class));
            next = block * BLOCK;
            end = next + BLOCK;
        }
        return next++;
    }
}
