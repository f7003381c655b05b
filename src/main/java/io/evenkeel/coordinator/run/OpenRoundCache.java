package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.core.sampling.Sampling;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Who is asked in each run's open round, remembered so that a thousand polls do not read a thousand members each. Thread-safe.
 *
 * <p>Those asked are a share of the members in the order of their ordinals. A round that was extended for want of messages asks all.
 *
 * <p>While a round is open the draw can change only by an extension, so the round and the number of extensions tell whether what is
 * remembered still holds.
 */
@Component
public class OpenRoundCache {

    private final MemberRepository members;
    private final PlanCache plans;
    private final DurableTransactions transactions;
    private final Map<Long, Draw> draws = new ConcurrentHashMap<>();

    OpenRoundCache(MemberRepository members, PlanCache plans, DurableTransactions transactions) {
        this.members = members;
        this.plans = plans;
        this.transactions = transactions;
    }

    /** A draw and what it is for; the set is not changed after. */
    private record Draw(int round, int extended, BitSet sampled) {

        boolean isFor(int openRound, int extensions) {
            return round == openRound && extended == extensions;
        }
    }

    /**
     * Returns the ordinals of those asked; not to be changed.
     *
     * @param round the run's open round
     * @param extended how often it was extended
     */
    public BitSet sampled(long run, int round, int extended) {
        Draw draw = draws.get(run);
        if (draw == null || !draw.isFor(round, extended)) {
            // One draws and the others wait for it. Each has its connection before, or those who wait could hold all of
            // them.
            draw = transactions.read(() -> draws.compute(
                    run, (key, now) -> now != null && now.isFor(round, extended) ? now : drawn(run, round, extended)));
        }
        return draw.sampled();
    }

    private Draw drawn(long run, int round, int extended) {
        ValidatedPlan plan = plans.of(run);
        List<Member> active = members.findActive(run, round);
        int count = extended > 0 ? active.size() : count(plan, active.size());
        BitSet sampled = new BitSet();
        for (int position : Sampling.positions(active.size(), count, plan.seed(), round)) {
            sampled.set(active.get(position).ordinal());
        }
        return new Draw(round, extended, sampled);
    }

    /** Returns how many of so many members are asked: the share, rounded up, but at least as many as a round needs. */
    private static int count(ValidatedPlan plan, int members) {
        int share = (int) Math.ceil(plan.sampling() * members);
        return Math.min(members, Math.max(share, plan.minParticipants()));
    }

    public void forget(long run) {
        draws.remove(run);
    }
}
