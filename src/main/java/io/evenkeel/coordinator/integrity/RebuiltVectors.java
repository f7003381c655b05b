package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.MemberVector;
import io.evenkeel.coordinator.retention.MemberVectors;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.vector.Norm;
import java.util.List;

/** Rebuilds the vectors g_i that are in S before a round, and counts the rows read for them. Not thread-safe. */
final class RebuiltVectors implements MemberVectorSource {

    private final PlanCache.Known known;
    private final int round;
    private final List<Member> members;
    private final MemberVectors vectors;
    private final DurableTransactions transactions;
    private int senders;
    private long messages;
    private long snapshots;

    /**
     * @param round only messages added in earlier rounds count
     * @param members the members whose vectors are in S, by ordinal, with their weights in it
     */
    RebuiltVectors(
            PlanCache.Known known,
            int round,
            List<Member> members,
            MemberVectors vectors,
            DurableTransactions transactions) {
        this.known = known;
        this.round = round;
        this.members = members;
        this.vectors = vectors;
        this.transactions = transactions;
    }

    /**
     * The numbers of rows read.
     *
     * @param members the number of members that have sent a message
     * @param messages the number of their messages that no snapshot contains
     * @param snapshots the number of members that have a snapshot
     */
    record Counts(int members, long messages, long snapshots) {}

    /** Adds all vectors, each multiplied by its member's weight. */
    void addTo(double[] total) {
        for (int i = 0; i < members.size(); i++) {
            double[] vector = counted(i);
            for (int j = 0; j < total.length; j++) {
                total[j] += weight(i) * vector[j];
            }
        }
    }

    /** Returns the counts, which cover only the first time that each vector is rebuilt. */
    Counts counts() {
        return new Counts(senders, messages, snapshots);
    }

    @Override
    public int count() {
        return members.size();
    }

    @Override
    public double weight(int member) {
        return members.get(member).weight();
    }

    @Override
    public double norm(int member) {
        return Norm.l2(counted(member));
    }

    @Override
    public double[] vector(int member) {
        return rebuilt(member).values();
    }

    private double[] counted(int member) {
        MemberVector vector = rebuilt(member);
        senders += vector.sequence() > 0 ? 1 : 0;
        messages += vector.messagesRead();
        snapshots += vector.hasSnapshot() ? 1 : 0;
        return vector.values();
    }

    private MemberVector rebuilt(int index) {
        Member member = members.get(index);
        MemberVectors.Wanted wanted =
                new MemberVectors.Wanted(known.run(), member.id(), member.ordinal(), round, member.sequence());
        return transactions.read(() -> vectors.rebuild(known.plan(), wanted));
    }
}
