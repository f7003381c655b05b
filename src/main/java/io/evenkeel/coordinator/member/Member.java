package io.evenkeel.coordinator.member;

import io.evenkeel.engine.member.MemberRow;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.SecondaryRow;
import org.jspecify.annotations.Nullable;

/**
 * One client's membership of one run, from joining to leaving. Modified only under the run's lock.
 *
 * <p>The member takes part in rounds {@code activeFrom} to {@code leftAfter}. Its vector g_i is the sum of
 * its accepted messages. A client that leaves and joins again starts over, with g_i = 0, a new ordinal and a
 * new chain.
 */
@Entity
@Table(name = "member")
@SecondaryTable(name = Member.CHAIN, pkJoinColumns = @PrimaryKeyJoinColumn(name = "member_id"))
@SecondaryRow(table = Member.CHAIN, optional = false)
public class Member {

    /** The state that changes with each message; not modified by this class. */
    static final String CHAIN = "member_chain";

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Column(updatable = false)
    private long runId;

    @Column(updatable = false)
    private String clientId;

    @Column(updatable = false)
    private int ordinal;

    private double weight;
    private @Nullable Double pendingWeight;
    private int activeFrom;
    private @Nullable Integer leftAfter;

    @Column(table = CHAIN, updatable = false)
    private long sequence;

    @Column(table = CHAIN, updatable = false)
    private long head;

    @Column(table = CHAIN, updatable = false)
    private int lastRound;

    @Column(updatable = false)
    private Instant joinedAt;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected Member() {}

    Member(long runId, String clientId, int ordinal, double weight, int activeFrom, Instant now) {
        this.runId = runId;
        this.clientId = clientId;
        this.ordinal = ordinal;
        this.weight = weight;
        this.activeFrom = activeFrom;
        this.lastRound = -1;
        this.joinedAt = now;
    }

    /**
     * Changes the weight: at once if the member has not taken part in a round yet, otherwise when the open
     * round closes.
     */
    void reweigh(double newWeight, int openRound) {
        if (openRound < activeFrom) {
            weight = newWeight;
        } else {
            pendingWeight = newWeight == weight ? null : newWeight;
        }
    }

    /** Ends the membership after the open round, or at once if the member has not taken part in any round. */
    void leave(int openRound) {
        leftAfter = Math.max(openRound, activeFrom - 1);
    }

    /** Returns whether the membership ends when a round closes, or has ended earlier. */
    public boolean leavesBy(int round) {
        return leftAfter != null && leftAfter <= round;
    }

    /**
     * Returns the member's weight in S after a round closes: zero if the membership ends by then, unless the
     * vector stays.
     *
     * @param keepsLeavers whether the vectors of members that leave stay in S
     */
    public double weightAfter(int round, boolean keepsLeavers) {
        if (leavesBy(round) && !(keepsLeavers && sequence > 0)) {
            return 0;
        }
        return plannedWeight();
    }

    /** Returns the weight that the member has from the next round on if it stays. */
    public double plannedWeight() {
        return pendingWeight == null ? weight : pendingWeight;
    }

    /** Returns whether the membership is already over while a round is open. */
    boolean isGone(int openRound) {
        return leftAfter != null && (leftAfter < openRound || leftAfter < activeFrom);
    }

    /** Returns the data needed to accept or refuse the member's messages. */
    public MemberRow row() {
        int end = leftAfter == null ? Integer.MAX_VALUE : leftAfter;
        return new MemberRow(id(), clientId, ordinal, activeFrom, end, lastRound, sequence, head);
    }

    /** Returns the key in the database. */
    public long id() {
        if (id == null) {
            throw new IllegalStateException("member " + clientId + " has not been saved yet");
        }
        return id;
    }

    /** Returns the run's key. */
    public long runId() {
        return runId;
    }

    public String clientId() {
        return clientId;
    }

    /** Returns the member's position in the order in which messages are added. */
    public int ordinal() {
        return ordinal;
    }

    /** Returns the weight w_i in the open round. */
    public double weight() {
        return weight;
    }

    /** Returns the weight from the next round on, if it changes. */
    public @Nullable Double pendingWeight() {
        return pendingWeight;
    }

    /** Returns the first round it takes part in. */
    public int activeFrom() {
        return activeFrom;
    }

    /** Returns the last round it takes part in, null for no end. */
    public @Nullable Integer leftAfter() {
        return leftAfter;
    }

    /** Returns the number of the member's messages that were accepted. */
    public long sequence() {
        return sequence;
    }

    /** Returns the chain's head: the digest of the last accepted message, 0 if there is none. */
    public long head() {
        return head;
    }

    /** Returns the round the last accepted message was for, -1 if there is none. */
    public int lastRound() {
        return lastRound;
    }

    public Instant joinedAt() {
        return joinedAt;
    }
}
