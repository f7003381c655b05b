package io.evenkeel.coordinator.fleet;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** Stores the enrolment tokens. */
interface EnrolmentTokenRepository extends JpaRepository<EnrolmentToken, String> {

    Optional<EnrolmentToken> findByHash(String hash);

    /** Returns the tokens created after a time, or at that time with a larger id, oldest first. */
    @Query("""
            SELECT t FROM EnrolmentToken t
            WHERE t.createdAt > :createdAt OR (t.createdAt = :createdAt AND t.id > :id)
            ORDER BY t.createdAt, t.id""")
    List<EnrolmentToken> after(Instant createdAt, String id, Limit limit);

    /**
     * Consumes one use, if the token has one left and is neither expired nor revoked. Uses a single
     * statement, so that at most {@code uses} concurrent devices succeed.
     *
     * @return 1 if a use was consumed, else 0
     */
    @Modifying(clearAutomatically = true)
    @Query("""
            UPDATE EnrolmentToken t SET t.usesLeft = t.usesLeft - 1
            WHERE t.id = :id AND t.usesLeft > 0 AND t.revokedAt IS NULL
              AND (t.expiresAt IS NULL OR t.expiresAt > :now)""")
    int use(String id, Instant now);

    /**
     * Returns the ids of tokens that expired, were revoked or admitted their last device before a time, sorted,
     * starting after a given id.
     */
    @Query("""
            SELECT t.id FROM EnrolmentToken t
            WHERE t.id > :after AND (t.revokedAt < :time OR t.expiresAt < :time
              OR (t.usesLeft = 0 AND t.createdAt < :time
                AND NOT EXISTS (SELECT c FROM Client c WHERE c.enrolledBy = t.id AND c.enrolledAt >= :time)))
            ORDER BY t.id""")
    List<String> spentBefore(Instant time, String after, Limit limit);

    /** Deletes the description of a token, if it was for one device. */
    @Modifying
    @Query("UPDATE EnrolmentToken t SET t.description = NULL WHERE t.id = :id AND t.uses = 1")
    int forgetDescription(String id);

    /** Revokes a token; keeps the time of the first revocation. */
    @Modifying(clearAutomatically = true)
    @Query("UPDATE EnrolmentToken t SET t.revokedAt = :now WHERE t.id = :id AND t.revokedAt IS NULL")
    int revoke(String id, Instant now);
}
