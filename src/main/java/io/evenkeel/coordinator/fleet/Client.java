package io.evenkeel.coordinator.fleet;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device that has enrolled. Once revoked, it can be erased; its row is deleted when no run refers to it.
 */
@Entity
@Table(name = "client")
public class Client extends FleetEntity {

    private @Nullable String name;

    private String secretHash;

    private String enrolledBy;

    private Instant enrolledAt;

    @SuppressWarnings("UnusedVariable") // read by a query
    private @Nullable String enrolmentKey;

    private @Nullable String run;

    private @Nullable String certificate;

    private @Nullable String nextSecretHash;

    private @Nullable Instant lastSeenAt;

    private @Nullable Instant revokedAt;

    private long profileId;

    /** For Hibernate. */
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

    /** Sets the idempotency key of the enrolment, chosen by the device. */
    Client repeatable(@Nullable String hashedKey) {
        this.enrolmentKey = hashedKey;
        return this;
    }

    /** Binds the client to the certificate that it presented at enrolment. */
    Client with(@Nullable String certificateName) {
        this.certificate = certificateName;
        return this;
    }

    /** Sets its attributes and labels, given the key of their profile. */
    Client describe(long profile) {
        this.profileId = profile;
        return this;
    }

    /** Erases the data that describes the device. An empty secret, which no device has, marks it as erased. */
    void erase() {
        name = null;
        certificate = null;
        secretHash = "";
        nextSecretHash = null;
        enrolmentKey = null;
        lastSeenAt = null;
        profileId = ProfileTable.NONE;
    }

    /** Returns whether it was erased: only its id and the times of enrolment and revocation are left. */
    boolean isErased() {
        return secretHash.isEmpty();
    }

    /** Returns the key of the profile with its attributes and labels. */
    long profileId() {
        return profileId;
    }

    /** Returns the name that the device chose, if any. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    String secretHash() {
        return secretHash;
    }

    Optional<String> nextSecretHash() {
        return Optional.ofNullable(nextSecretHash);
    }

    /** Returns the only run in which it may take part; empty if it may take part in any. */
    Optional<String> run() {
        return Optional.ofNullable(run);
    }

    /** Returns the name in the certificate that it must present, if it enrolled with one. */
    Optional<String> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** Returns the id of its enrolment token. */
    public String enrolledBy() {
        return enrolledBy;
    }

    /** Returns when it enrolled. */
    public Instant enrolledAt() {
        return enrolledAt;
    }

    /**
     * Returns the stored time of its last request, which may be up to five minutes too early; empty if it
     * never sent one.
     */
    public Optional<Instant> lastSeenAt() {
        return Optional.ofNullable(lastSeenAt);
    }

    /** Returns when it was revoked; empty if it was not. */
    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }
}
