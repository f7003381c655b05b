package io.evenkeel.coordinator.fleet;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device that enrolled. Never deleted, only revoked: the runs it took part in still name it. */
@Entity
@Table(name = "client")
public class Client extends FleetEntity {

    private @Nullable String name;

    private String secretHash;

    private String enrolledBy;

    private Instant enrolledAt;

    private @Nullable Instant lastSeenAt;

    private @Nullable Instant revokedAt;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway.Init")
    protected Client() {}

    Client(String id, @Nullable String name, String secretHash, String enrolledBy, Instant enrolledAt) {
        super(id);
        this.name = name;
        this.secretHash = secretHash;
        this.enrolledBy = enrolledBy;
        this.enrolledAt = enrolledAt;
    }

    /** Returns the name the device gave itself, if it did. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    String secretHash() {
        return secretHash;
    }

    /** Returns the id of the enrolment token it came with. */
    public String enrolledBy() {
        return enrolledBy;
    }

    /** Returns when it enrolled. */
    public Instant enrolledAt() {
        return enrolledAt;
    }

    /** Returns about when it last sent anything. */
    public Optional<Instant> lastSeenAt() {
        return Optional.ofNullable(lastSeenAt);
    }

    /** Returns when it was revoked, if it was. */
    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }
}
