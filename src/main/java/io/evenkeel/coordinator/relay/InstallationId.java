package io.evenkeel.coordinator.relay;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The id of this installation among relays, stored in the table {@code installation}. All replicas share it, and it
 * survives restarts. Thread-safe.
 */
@Component
class InstallationId implements Supplier<String> {

    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private volatile @Nullable String known;

    InstallationId(JdbcClient jdbc, DurableTransactions transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** Returns the id, and stores a new one if there is none. */
    @Override
    public String get() {
        String id = known;
        if (id == null) {
            id = stored().orElseGet(this::create);
            known = id;
        }
        return id;
    }

    private Optional<String> stored() {
        return transactions.read(() -> jdbc.sql("SELECT token FROM installation WHERE id = 1")
                .query(String.class)
                .optional());
    }

    private String create() {
        String id = Credential.newId();
        try {
            transactions.write(() -> jdbc.sql("INSERT INTO installation (id, token) VALUES (1, ?)")
                    .param(id)
                    .update());
            return id;
        } catch (DuplicateKeyException anotherReplicaWasFaster) {
            return stored().orElseThrow(() -> anotherReplicaWasFaster);
        }
    }
}
