package io.evenkeel.coordinator.fleet;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** The enrolment tokens. */
interface EnrolmentTokenRepository extends JpaRepository<EnrolmentToken, String> {

    Optional<EnrolmentToken> findByHash(String hash);

    List<EnrolmentToken> findAllByOrderByCreatedAtAscIdAsc();

    /**
     * Takes one use, if the token still has one and is neither expired nor revoked: one statement, so that however many
     * devices come at once, no more than {@code uses} of them get through.
     *
     * @return 1 if it did, else 0
     */
    @Modifying(clearAutomatically = true)
    @Query("""
            UPDATE EnrolmentToken t SET t.usesLeft = t.usesLeft - 1
            WHERE t.id = :id AND t.usesLeft > 0 AND t.revokedAt IS NULL
              AND (t.expiresAt IS NULL OR t.expiresAt > :now)""")
    int use(String id, Instant now);

    /** Revokes a token; the first time counts. */
    @Modifying(clearAutomatically = true)
    @Query("UPDATE EnrolmentToken t SET t.revokedAt = :now WHERE t.id = :id AND t.revokedAt IS NULL")
    int revoke(String id, Instant now);
}
