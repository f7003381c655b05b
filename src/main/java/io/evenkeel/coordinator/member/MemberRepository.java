package io.evenkeel.coordinator.member;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stores memberships. */
public interface MemberRepository extends Repository<Member, Long> {

    Member save(Member member);

    /** Flushes the changes of this transaction, so that JDBC queries see them. */
    void flush();

    /** Returns all past and present members of a run, in the order of the ordinals. */
    List<Member> findByRunIdOrderByOrdinal(long runId);

    /** Returns the member with the given ordinal. */
    Optional<Member> findByRunIdAndOrdinal(long runId, int ordinal);

    /** Returns the members with the given ordinals. */
    List<Member> findByRunIdAndOrdinalIn(long runId, Collection<Integer> ordinals);

    /** Returns a client's newest membership of a run. */
    Optional<Member> findFirstByRunIdAndClientIdOrderByOrdinalDesc(long runId, String clientId);

    /** Returns all memberships of the given clients in the given runs, in the order of the ordinals. */
    List<Member> findByRunIdInAndClientIdInOrderByOrdinal(Collection<Long> runs, Collection<String> clients);

    /**
     * Returns the members that leave or change their weight when a round closes, in the order of the
     * ordinals.
     */
    @Query("select m from Member m where m.runId = :run and m.activeFrom <= :round and (m.leftAfter = :round"
            + " or (m.pendingWeight is not null and (m.leftAfter is null or m.leftAfter > :round))) order by m.ordinal")
    List<Member> findChanging(long run, int round);

    /**
     * Returns the members, current or future, whose membership is not over while a round is open and whose
     * planned weight lies outside a range. The planned weight is the pending one if there is one, otherwise
     * the current one.
     */
    @Query("select m from Member m where m.runId = :run and (m.leftAfter is null or (m.leftAfter >= :round and"
            + " m.leftAfter >= m.activeFrom)) and (coalesce(m.pendingWeight, m.weight) < :least or"
            + " coalesce(m.pendingWeight, m.weight) > :most)")
    List<Member> findPresentOutside(long run, int round, double least, double most);

    /** Returns the runs in which a client has a membership without an end, in the order of their keys. */
    @Query("select distinct m.runId from Member m where m.clientId = :client and m.leftAfter is null order by m.runId")
    List<Long> findRunsOf(String client);

    /**
     * Returns the members of a round that have had messages accepted and stay, in the order of the ordinals.
     */
    @Query("select m from Member m where m.runId = :run and m.activeFrom <= :round and (m.leftAfter is null"
            + " or m.leftAfter > :round) and m.sequence > 0 order by m.ordinal")
    List<Member> findStayingContributors(long run, int round);

    /** Returns how many members with accepted messages left before a round. */
    @Query("select count(m) from Member m where m.runId = :run and m.leftAfter < :round and m.sequence > 0")
    int countContributorsGone(long run, int round);

    /**
     * Returns the number of members that had left when a round closed and whose last answered round was a
     * given one or later.
     */
    @Query("select count(m) from Member m where m.runId = :run and m.leftAfter <= :round and m.lastRound >= :since")
    long countLeftSince(long run, int round, int since);

    /** Returns how many times a client has joined a run. */
    int countByRunIdAndClientId(long runId, String clientId);
}
