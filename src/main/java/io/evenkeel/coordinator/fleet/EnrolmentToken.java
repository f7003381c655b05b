package io.evenkeel.coordinator.fleet;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A token with which a limited number of devices can enrol until it expires. Only the hash of its text is
 * stored.
 */
@Entity
@Table(name = "enrolment_token")
class EnrolmentToken extends FleetEntity {

    private String hash;

    private @Nullable String description;

    private @Nullable String run;

    private int uses;

    private int usesLeft;

    private Instant createdAt;

    private @Nullable Instant expiresAt;

    private @Nullable Instant revokedAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected EnrolmentToken() {}

    EnrolmentToken(
            String id,
            String hash,
            @Nullable String description,
            @Nullable String run,
            int uses,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        super(id);
        this.hash = hash;
        this.description = description;
        this.run = run;
        this.uses = uses;
        this.usesLeft = uses;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    Optional<String> description() {
        return Optional.ofNullable(description);
    }

    String hash() {
        return hash;
    }

    /** Returns the only run in which its devices may take part; empty for any. */
    Optional<String> run() {
        return Optional.ofNullable(run);
    }

    int uses() {
        return uses;
    }

    int usesLeft() {
        return usesLeft;
    }

    /** Returns whether it can no longer admit devices. */
    boolean isSpent(Instant now) {
        return usesLeft == 0 || revokedAt != null || (expiresAt != null && !expiresAt.isAfter(now));
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
