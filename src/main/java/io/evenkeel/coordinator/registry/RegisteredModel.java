package io.evenkeel.coordinator.registry;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** A named model. Every change to its versions and aliases locks this row first. */
@Entity
@Table(name = "registered_model")
class RegisteredModel implements Persistable<String> {

    @Id
    private String name;

    private @Nullable String description;

    private Instant createdAt;

    private int lastVersion;

    @Transient
    private boolean stored;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected RegisteredModel() {}

    RegisteredModel(String name, Instant createdAt) {
        this.name = name;
        this.createdAt = createdAt;
    }

    /** Returns the number for the next version. Numbers of deleted versions are not reused. */
    int nextVersion() {
        return ++lastVersion;
    }

    /** Ensures that later versions get numbers larger than this one. */
    void reserve(int number) {
        lastVersion = Math.max(lastVersion, number);
    }

    void describe(@Nullable String text) {
        description = text;
    }

    @Override
    public String getId() {
        return name;
    }

    /**
     * Returns whether the row has not been stored yet. Without this, saving an entity with an id would first query for
     * it.
     */
    @Override
    public boolean isNew() {
        return !stored;
    }

    @PostLoad
    @PostPersist
    void stored() {
        stored = true;
    }

    String name() {
        return name;
    }

    @Nullable
    String description() {
        return description;
    }

    Instant createdAt() {
        return createdAt;
    }
}
