package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.retention.MemberVector;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Computes S of a run whose definition bounds each device's contribution, from the vectors of all members that stay.
 * The vectors themselves are not bounded, so receipts, chains and error feedback are independent of the bound.
 *
 * <p>S is not kept across rounds: a device that sends 1e90 and subtracts it again would leave a rounding error as large
 * as all other contributions. So a round takes O(n d) time, and the memory for one vector and one sum. A vector is
 * needed once for the sum, and once more for its norm if its member has sent something since its norm was last
 * computed. Vectors that fit into the cache are read from the database once; the others are rebuilt each time. A
 * restarted coordinator computes the same norms and vectors, bit for bit. Thread-safe.
 */
@Component
class RobustSum {

    private final ClosingVectors vectors;
    private final VectorCache cache;
    private final Map<Long, Map<Long, KnownNorm>> norms = new ConcurrentHashMap<>();

    RobustSum(ClosingVectors vectors, VectorCache cache) {
        this.vectors = vectors;
        this.cache = cache;
    }

    /** ||g_i|| after a message. */
    private record KnownNorm(long sequence, long head, double norm) {

        boolean isOf(Member member) {
            return sequence == member.sequence() && head == member.head();
        }
    }

    /**
     * Replaces the sum of a model whose round is being closed.
     *
     * @param model the model, used only by this thread, with the round started
     * @param staying the members of the round that have sent something and stay, by their ordinals
     * @throws io.evenkeel.coordinator.platform.storage.CorruptionException if stored data is damaged
     */
    void replace(LiveModel model, long run, ValidatedPlan plan, NormClipping clipping, List<Member> staying) {
        Stored stored = new Stored(run, plan, staying, norms.getOrDefault(run, Map.of()));
        double[] sum = new double[plan.dimension()];
        clipping.sum(stored, sum);
        model.replaceSum(sum);
        norms.put(run, stored.norms);
    }

    /** Removes the norms and vectors of all other runs. */
    void keepOnly(Collection<Long> runs) {
        cache.keepOnly(runs);
        norms.keySet().retainAll(runs);
    }

    /** The vectors in the database. Not thread-safe. */
    private final class Stored implements MemberVectorSource {

        private final long run;
        private final ValidatedPlan plan;
        private final List<Member> members;
        private final Map<Long, KnownNorm> known;
        private final Map<Long, KnownNorm> norms = new HashMap<>();

        Stored(long run, ValidatedPlan plan, List<Member> members, Map<Long, KnownNorm> known) {
            this.run = run;
            this.plan = plan;
            this.members = members;
            this.known = known;
        }

        @Override
        public int count() {
            return members.size();
        }

        @Override
        public double weight(int member) {
            return members.get(member).plannedWeight();
        }

        @Override
        public double norm(int index) {
            Member member = members.get(index);
            KnownNorm last = known.get(member.id());
            KnownNorm norm = last != null && last.isOf(member)
                    ? last
                    : new KnownNorm(member.sequence(), member.head(), Norm.l2(vector(index)));
            norms.put(member.id(), norm);
            return norm.norm();
        }

        /** The vector stays valid until the next call, because only this thread closes the run's round and takes its vectors. */
        @Override
        public double[] vector(int index) {
            Member member = members.get(index);
            MemberVector vector = vectors.since(run, plan, member, cache.take(run, member));
            cache.keep(run, member, vector);
            return vector.values();
        }
    }
}
