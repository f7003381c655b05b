package io.evenkeel.coordinator.fleet;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** The enrolled clients. */
public interface ClientRepository extends JpaRepository<Client, String> {

    /** Returns the first clients, oldest first. */
    List<Client> findAllByOrderByEnrolledAtAscIdAsc(Limit limit);

    /** Returns the clients that come after one, oldest first. */
    @Query("""
            SELECT c FROM Client c
            WHERE c.enrolledAt > :enrolledAt OR (c.enrolledAt = :enrolledAt AND c.id > :id)
            ORDER BY c.enrolledAt, c.id""")
    List<Client> after(Instant enrolledAt, String id, Limit limit);

    /** Notes that a client was seen, unless that is known well enough already. */
    @Modifying
    @Query(
            "UPDATE Client c SET c.lastSeenAt = :now WHERE c.id = :id AND (c.lastSeenAt IS NULL OR c.lastSeenAt < :before)")
    int seen(String id, Instant now, Instant before);

    /** Finds the client that a repeated enrolment has made. */
    Optional<Client> findByEnrolledByAndEnrolmentKey(String enrolledBy, String enrolmentKey);

    /** Finds the client that enrolled last with a certificate. */
    Optional<Client> findFirstByCertificateOrderByEnrolledAtDescIdDesc(String certificate);

    /** Gives a client that was never seen another secret. */
    @Modifying(clearAutomatically = true)
    @Query("UPDATE Client c SET c.secretHash = :hash WHERE c.id = :id AND c.lastSeenAt IS NULL AND c.revokedAt IS NULL")
    int replaceUnusedSecret(String id, String hash);

    /** Sets the secret that takes over once it is used. */
    @Modifying
    @Query("UPDATE Client c SET c.nextSecretHash = :hash WHERE c.id = :id")
    int prepareSecret(String id, String hash);

    /** Puts the next secret in the place of the one before. */
    @Modifying
    @Query(
            "UPDATE Client c SET c.secretHash = :hash, c.nextSecretHash = NULL WHERE c.id = :id AND c.nextSecretHash = :hash")
    int promoteSecret(String id, String hash);

    /** Revokes a client; the first time counts. */
    @Modifying
    @Query("UPDATE Client c SET c.revokedAt = :now WHERE c.id = :id AND c.revokedAt IS NULL")
    int revoke(String id, Instant now);
}
