package io.evenkeel.coordinator.fleet;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** Stores the enrolled clients. */
public interface ClientRepository extends JpaRepository<Client, String> {

    /** Locks a client until the transaction ends. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("SELECT c FROM Client c WHERE c.id = :id")
    Optional<Client> lock(String id);

    /** Records that a client was seen, unless the stored time is recent. */
    @Modifying
    @Query(
            "UPDATE Client c SET c.lastSeenAt = :now WHERE c.id = :id AND (c.lastSeenAt IS NULL OR c.lastSeenAt < :before)")
    int seen(String id, Instant now, Instant before);

    /** Finds the client created by an enrolment with the same key. */
    Optional<Client> findByEnrolledByAndEnrolmentKey(String enrolledBy, String enrolmentKey);

    /** Finds the client that last enrolled with the given certificate. */
    Optional<Client> findFirstByCertificateOrderByEnrolledAtDescIdDesc(String certificate);

    /** Replaces the secret of a client that has never sent a request. */
    @Modifying(clearAutomatically = true)
    @Query("UPDATE Client c SET c.secretHash = :hash WHERE c.id = :id AND c.lastSeenAt IS NULL AND c.revokedAt IS NULL")
    int replaceUnusedSecret(String id, String hash);

    /** Sets the next secret, which replaces the current one on its first use. */
    @Modifying
    @Query("UPDATE Client c SET c.nextSecretHash = :hash WHERE c.id = :id")
    int prepareSecret(String id, String hash);

    /** Replaces the secret with the next one. */
    @Modifying
    @Query(
            "UPDATE Client c SET c.secretHash = :hash, c.nextSecretHash = NULL WHERE c.id = :id AND c.nextSecretHash = :hash")
    int promoteSecret(String id, String hash);

    /** Counts the clients with the given name. */
    long countByName(String name);

    /** Returns the ids of erased clients, sorted, starting after a given id. */
    @Query("SELECT c.id FROM Client c WHERE c.secretHash = '' AND c.id > :after ORDER BY c.id LIMIT :limit")
    List<String> erasedAfter(String after, int limit);

    /** Returns the ids of clients that were revoked before a time and are not erased, sorted, starting after a given id. */
    @Query("SELECT c.id FROM Client c WHERE c.revokedAt < :time AND c.secretHash <> '' AND c.id > :after ORDER BY c.id")
    List<String> revokedBefore(Instant time, String after, Limit limit);

    /** Revokes a client; keeps the time of the first revocation. */
    @Modifying
    @Query("UPDATE Client c SET c.revokedAt = :now WHERE c.id = :id AND c.revokedAt IS NULL")
    int revoke(String id, Instant now);
}
