package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.RoundNoise;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.round.RoundTally;
import io.evenkeel.engine.run.Run;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Brings the sum S up to date with a frozen round: adds its messages and the coordinator's noise, if any, subtracts the
 * vectors of leaving members, and applies new weights. A robust sum is computed from the members' vectors instead.
 * Thread-safe.
 */
@Component
class RoundAggregation {

    private final RunRepository runs;
    private final MemberRepository members;
    private final RoundMembers round;
    private final RoundMessages messages;
    private final CohortAggregation cohorts;
    private final ClosingVectors vectors;
    private final RobustSum robust;
    private final RoundNoise noise;
    private final DurableTransactions transactions;

    RoundAggregation(
            RunRepository runs,
            MemberRepository members,
            RoundMembers round,
            RoundMessages messages,
            CohortAggregation cohorts,
            ClosingVectors vectors,
            RobustSum robust,
            RoundNoise noise,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.round = round;
        this.messages = messages;
        this.cohorts = cohorts;
        this.vectors = vectors;
        this.robust = robust;
        this.noise = noise;
        this.transactions = transactions;
    }

    /**
     * The members and messages in the sum.
     *
     * @param members number of the round's members
     * @param changing the members that leave or change their weight, in the order of their ordinals
     * @param tally the figures reported in the messages
     * @param weight W, by which the sum is divided
     */
    record Aggregate(int members, List<Member> changing, RoundTally tally, double weight) {

        /** Returns the weight of members that leave, and the weight that others lose. */
        double left(int round) {
            double left = 0;
            for (Member member : changing) {
                left += Math.max(0, member.weight() - member.weightAfter(round, false));
            }
            return left;
        }
    }

    /**
     * Adds a frozen round to a model's sum.
     *
     * @param model the model at the round, used only by this thread
     * @throws RoundSupersededException if the round is no longer frozen
     * @throws CorruptionException if stored data is damaged
     */
    Aggregate addTo(LiveModel model, FrozenRound frozen, ValidatedPlan plan) {
        RoundTally tally = new RoundTally(plan.algorithm().step().readsMemberLosses());
        model.beginRound();
        boolean isMasked = plan.secureAggregation() != null;
        if (isMasked) {
            cohorts.addTo(model, frozen.run(), plan, tally);
        } else {
            messages.addTo(model, frozen.run(), plan, tally);
        }
        requireAll(frozen, tally);
        if (plan.addsNoise()) {
            model.add(List.of(new LiveModel.Weighted(noise.of(frozen.run(), frozen.round(), plan), 1)));
        }
        List<Member> changing = transactions.read(() -> members.findChanging(frozen.run(), frozen.round()));
        double weight = weight(frozen, plan, model, changing, tally);
        int count = transactions.read(() -> round.count(frozen.run(), frozen.round()));
        return new Aggregate(count, changing, tally, weight);
    }

    /** Applies the members' weights after the round, and returns W. */
    private double weight(
            FrozenRound frozen, ValidatedPlan plan, LiveModel model, List<Member> changing, RoundTally tally) {
        if (!plan.retainsSum()) {
            return tally.weight();
        }
        if (plan.secureAggregation() != null) {
            return cohorts.weight(frozen.run(), frozen.round(), plan);
        }
        if (plan.robust() != null) {
            List<Member> staying =
                    transactions.read(() -> members.findStayingContributors(frozen.run(), frozen.round()));
            robust.replace(model, frozen.run(), plan, plan.robust(), staying);
            return transactions.read(() -> round.weight(frozen.run(), frozen.round()));
        }
        return settle(frozen, plan, model, changing);
    }

    /** No digest detects a missing row, but the count that was maintained under the run's lock does. */
    private void requireAll(FrozenRound frozen, RoundTally tally) {
        Run run = transactions.read(() -> runs.get(frozen.run()));
        if (!run.isClosing(frozen.round())) {
            throw new RoundSupersededException(frozen);
        }
        if (run.current().accepted() != tally.messages()) {
            throw new CorruptionException(
                    frozen.run(),
                    frozen.round(),
                    CorruptionException.NOBODY,
                    tally.messages() + " messages are stored, but "
                            + run.current().accepted() + " were accepted");
        }
    }

    /**
     * Subtracts leaving members' vectors from S and applies new weights, in the order of the ordinals. Returns W of the
     * members that stay, and of leaving ones whose vectors stay, which happens only in private runs, where all weights
     * are 1.
     */
    private double settle(FrozenRound frozen, ValidatedPlan plan, LiveModel model, List<Member> changing) {
        double kept = plan.keepsLeavers()
                ? transactions.read(() -> members.countContributorsGone(frozen.run(), model.round()))
                : 0;
        for (Member member : changing) {
            double next = member.weightAfter(model.round(), plan.keepsLeavers());
            if (next != member.weight() && member.sequence() > 0) {
                model.add(vectors.of(frozen.run(), plan, member).values(), next - member.weight());
            }
            kept += member.leavesBy(model.round()) ? next : 0;
        }
        double weight = kept + transactions.read(() -> round.weight(frozen.run(), frozen.round()));
        if (weight == 0) {
            model.clearSum();
        }
        return weight;
    }
}
