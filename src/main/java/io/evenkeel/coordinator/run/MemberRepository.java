package io.evenkeel.coordinator.run;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Memberships in the database. */
public interface MemberRepository extends Repository<Member, Long> {

    Member save(Member member);

    /** Writes what this transaction has changed, so that queries by JDBC see it. */
    void flush();

    /** Returns everybody who ever joined a run, in the order of the ordinals. */
    List<Member> findByRunIdOrderByOrdinal(long runId);

    /** Returns a client's newest membership of a run. */
    Optional<Member> findFirstByRunIdAndClientIdOrderByOrdinalDesc(long runId, String clientId);

    /** Returns all memberships of some clients in some runs, in the order of the ordinals. */
    List<Member> findByRunIdInAndClientIdInOrderByOrdinal(Collection<Long> runs, Collection<String> clients);

    /** Returns the members that take part in a round, in the order of the ordinals. */
    @Query("select m from Member m where m.runId = :run and m.activeFrom <= :round"
            + " and (m.leftAfter is null or m.leftAfter >= :round) order by m.ordinal")
    List<Member> findActive(long run, int round);

    /** Returns how many members {@link #findActive} finds. */
    @Query("select count(m) from Member m where m.runId = :run and m.activeFrom <= :round"
            + " and (m.leftAfter is null or m.leftAfter >= :round)")
    int countActive(long run, int round);

    /** Returns those whose membership has begun or will, and is not over, while a round is open. */
    @Query("select m from Member m where m.runId = :run and (m.leftAfter is null"
            + " or (m.leftAfter >= :round and m.leftAfter >= m.activeFrom)) order by m.ordinal")
    List<Member> findPresent(long run, int round);

    /** Returns how many {@link #findPresent} finds. */
    @Query("select count(m) from Member m where m.runId = :run and (m.leftAfter is null"
            + " or (m.leftAfter >= :round and m.leftAfter >= m.activeFrom))")
    int countPresent(long run, int round);

    /**
     * How many members a run has.
     *
     * @param run the run's key
     * @param members how many {@link #findPresent} finds while its open round is open
     */
    record Present(long run, long members) {}

    /** Returns how many members each of some runs has, by one query; runs without members are left out. */
    @Query("select new io.evenkeel.coordinator.run.MemberRepository$Present(m.runId, count(m)) from Member m join Run"
            + " r on r.id = m.runId where m.runId in :runs and (m.leftAfter is null or (m.leftAfter >= m.activeFrom and"
            + " (r.state = CREATED or m.leftAfter >= r.round))) group by m.runId")
    List<Present> countPresent(Collection<Long> runs);

    /** Returns the runs that a client has joined and not left for certain, in the order of their keys. */
    @Query("select distinct m.runId from Member m where m.clientId = :client and m.leftAfter is null order by m.runId")
    List<Long> findRunsOf(String client);

    /** Returns how many take part in a round but in none after it. */
    @Query("select count(m) from Member m where m.runId = :run and m.leftAfter = :round and m.activeFrom <= :round")
    int countLeavers(long run, int round);

    /** Returns how many members left before a round and had messages accepted. */
    @Query("select count(m) from Member m where m.runId = :run and m.leftAfter < :round and m.sequence > 0")
    int countContributorsGone(long run, int round);

    /** Returns how many had left when a round closed, and had answered a round since another. */
    @Query("select count(m) from Member m where m.runId = :run and m.leftAfter <= :round and m.lastRound >= :since")
    long countLeftSince(long run, int round, int since);

    /** Returns the largest number of messages that was accepted from one membership of a run, null without members. */
    @Query("select max(m.sequence) from Member m where m.runId = :run")
    @Nullable
    Long mostMessages(long run);

    /** Returns how often a client has joined a run. */
    int countByRunIdAndClientId(long runId, String clientId);

    /** Returns how many were given an ordinal. */
    int countByRunId(long runId);
}
