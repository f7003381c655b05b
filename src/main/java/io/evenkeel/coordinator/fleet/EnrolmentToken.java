package io.evenkeel.coordinator.fleet;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Persistable;

/** What lets so many devices enrol until some time. Its text is not kept, only its hash. */
@Entity
@Table(name = "enrolment_token")
class EnrolmentToken implements Persistable<String> {

    @Id
    private String id;

    private String hash;

    private @Nullable String description;

    private int uses;

    private int usesLeft;

    private Instant createdAt;

    private @Nullable Instant expiresAt;

    private @Nullable Instant revokedAt;

    @Transient
    private boolean stored;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway.Init")
    protected EnrolmentToken() {}

    EnrolmentToken(
            String id,
            String hash,
            @Nullable String description,
            int uses,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        this.id = id;
        this.hash = hash;
        this.description = description;
        this.uses = uses;
        this.usesLeft = uses;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    @Override
    public String getId() {
        return id;
    }

    /** An entity with an id of ours is new until it was stored; otherwise saving it would look for it first. */
    @Override
    public boolean isNew() {
        return !stored;
    }

    @PostLoad
    @PostPersist
    void stored() {
        stored = true;
    }

    Optional<String> description() {
        return Optional.ofNullable(description);
    }

    String hash() {
        return hash;
    }

    int uses() {
        return uses;
    }

    int usesLeft() {
        return usesLeft;
    }

    Instant createdAt() {
        return createdAt;
    }

    Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }
}
