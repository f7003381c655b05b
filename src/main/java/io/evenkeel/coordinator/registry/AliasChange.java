package io.evenkeel.coordinator.registry;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A change of an alias. The newest row of an alias determines its version; rows are never modified. */
@Entity
@Table(name = "model_alias_change")
class AliasChange {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    private String model;
    private String alias;

    /** The version; null if the alias was removed. */
    private @Nullable Integer version;

    private @Nullable String reason;
    private String changedBy;
    private Instant changedAt;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected AliasChange() {}

    AliasChange(
            String model,
            String alias,
            @Nullable Integer version,
            @Nullable String reason,
            String changedBy,
            Instant changedAt) {
        this.model = model;
        this.alias = alias;
        this.version = version;
        this.reason = reason;
        this.changedBy = changedBy;
        this.changedAt = changedAt;
    }

    String model() {
        return model;
    }

    String alias() {
        return alias;
    }

    @Nullable
    Integer version() {
        return version;
    }

    @Nullable
    String reason() {
        return reason;
    }

    String changedBy() {
        return changedBy;
    }

    Instant changedAt() {
        return changedAt;
    }
}
