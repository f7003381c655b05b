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

    @SuppressWarnings("UnusedVariable") // a query reads it
    private @Nullable String enrolmentKey;

    private @Nullable String run;

    private @Nullable String certificate;

    private @Nullable String nextSecretHash;

    private @Nullable Instant lastSeenAt;

    private @Nullable Instant revokedAt;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway.Init")
    protected Client() {}

    Client(String id, @Nullable String name, String secretHash, EnrolmentToken enrolledWith, Instant enrolledAt) {
        super(id);
        this.name = name;
        this.secretHash = secretHash;
        this.enrolledBy = enrolledWith.getId();
        this.enrolledAt = enrolledAt;
        this.run = enrolledWith.run().orElse(null);
    }

    /** Makes the enrolment known again by a key that the device chose. */
    Client repeatable(@Nullable String hashedKey) {
        this.enrolmentKey = hashedKey;
        return this;
    }

    /** Ties the client to the certificate it enrolled with. */
    Client with(@Nullable String certificateName) {
        this.certificate = certificateName;
        return this;
    }

    /** Returns the name the device gave itself, if it did. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    String secretHash() {
        return secretHash;
    }

    Optional<String> nextSecretHash() {
        return Optional.ofNullable(nextSecretHash);
    }

    /** Returns the one run it may take part in, if it may not in all. */
    Optional<String> run() {
        return Optional.ofNullable(run);
    }

    /** Returns the name in the certificate it must show, if it enrolled with one. */
    Optional<String> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** Returns the id of the enrolment token it came with. */
    public String enrolledBy() {
        return enrolledBy;
    }

    /** Returns when it enrolled. */
    public Instant enrolledAt() {
        return enrolledAt;
    }

    /** Returns when it last sent a request, up to five minutes ago if it sends some now; nothing if it never did. */
    public Optional<Instant> lastSeenAt() {
        return Optional.ofNullable(lastSeenAt);
    }

    /** Returns when it was revoked, if it was. */
    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }
}
