package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.member.SilentMembers;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.draw.DrawCandidates;
import io.evenkeel.engine.draw.MemberDraw;
import io.evenkeel.engine.draw.RoundDraw;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.selection.DeviceTurns;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Caches which members each run's open round asks, so that not every poll reads all members. Thread-safe.
 *
 * <p>A round asks a share of the members, in the order of their ordinals. A round that was extended because messages
 * were missing asks all of them.
 *
 * <p>A draw that depends on attributes is stored when the round is opened or extended. Any other draw is repeated from
 * the seed, the round and the members whenever it is needed.
 *
 * <p>While a round is open, only an extension can change the draw, so a cached draw is valid if the round and the
 * number of extensions are the same.
 */
@Component
public class OpenRoundCache {

    private final RoundMembers members;
    private final PlanCache plans;
    private final RunRules rules;
    private final RoundDraws stored;
    private final RoundDeclines declines;
    private final CohortFaults faults;
    private final DatasetSpending spending;
    private final DurableTransactions transactions;
    private final SilentMembers silence;
    private final Map<Long, Draw> draws = new ConcurrentHashMap<>();

    /**
     * The members of each run that were silent when its round opened, except those that this replica has
     * heard from since.
     */
    private final Map<Long, Silent> silent = new ConcurrentHashMap<>();

    OpenRoundCache(
            RoundMembers members,
            PlanCache plans,
            RunRules rules,
            RoundDraws stored,
            RoundDeclines declines,
            CohortFaults faults,
            DatasetSpending spending,
            DurableTransactions transactions,
            SilentMembers silence) {
        this.members = members;
        this.plans = plans;
        this.rules = rules;
        this.stored = stored;
        this.declines = declines;
        this.faults = faults;
        this.spending = spending;
        this.transactions = transactions;
        this.silence = silence;
    }

    /** The members that were silent when a round opened; the set is never modified. */
    private record Silent(int round, BitSet members) {}

    /** A draw and its round; the set is never modified. */
    private record Draw(int round, int extended, BitSet sampled) {

        boolean isFor(int openRound, int extensions) {
            return round == openRound && extended == extensions;
        }
    }

    /** Returns the ordinals of the members that a run's open round asks; callers must not modify the set. */
    public BitSet sampled(Run run) {
        return sampled(run.id(), run.round(), run.current().extended(), () -> rules.open(run));
    }

    /** Returns the ordinals of the members that a run's open round asks; callers must not modify the set. */
    public BitSet sampled(RunRow run) {
        return sampled(run.id(), run.round(), run.extended(), () -> rules.open(run));
    }

    /** Returns the ordinals of the members that declined a run's open round; not cached. */
    public BitSet declined(Run run) {
        return declines.members(run.id(), run.round());
    }

    /** Returns the ordinals of the members for which a run's open round does not wait; not cached. */
    public BitSet silent(Run run) {
        return silence.of(run.id());
    }

    /**
     * Records that the members that did not answer in time have missed a round. The caller has locked the run.
     *
     * @param missing the ordinals of the members that neither answered nor declined
     */
    public void countMissed(Run run, BitSet missing) {
        silence.count(run.id(), sampled(run), missing);
    }

    /** Returns whether a member that checks in was silent, as far as this replica knows; the caller must then call {@link #heard}. */
    public boolean wasSilent(Run run, MemberRow member) {
        Silent known = silent.get(run.id());
        if (known == null || known.round() != run.round()) {
            known = new Silent(run.round(), silence.of(run.id()));
            silent.put(run.id(), known);
        }
        return known.members().get(member.ordinal());
    }

    /** Makes rounds wait again for members that have checked in. The caller has locked the run. */
    public void heard(Run run, BitSet members) {
        silence.heard(run.id(), members);
        silent.put(run.id(), new Silent(run.round(), silence.of(run.id())));
    }

    /** Returns whether a run's open round waits for a member's message. */
    public boolean asks(Run run, MemberRow member) {
        return run.state() == RunState.RUNNING
                && !run.current().isClosing()
                && member.mayAnswer(run.round())
                && sampled(run).get(member.ordinal());
    }

    /** Returns whether a run's open round waits for a member's message. */
    public boolean asks(RunSnapshot run, MemberRow member) {
        return run.state() == RunState.RUNNING
                && !run.closing()
                && member.mayAnswer(run.round())
                && sampled(run.id(), run.round(), run.extended(), () -> rules.open(run))
                        .get(member.ordinal());
    }

    private BitSet sampled(long run, int round, int extended, Supplier<RoundRules> open) {
        Draw draw = draws.get(run);
        if (draw == null || !draw.isFor(round, extended)) {
            // One thread draws and the others wait for it. Each gets its connection first; otherwise the waiting
            // threads could hold all connections.
            draw = transactions.read(() -> draws.compute(
                    run,
                    (key, now) ->
                            now != null && now.isFor(round, extended) ? now : drawn(run, round, extended, open.get())));
        }
        return draw.sampled();
    }

    private Draw drawn(long run, int round, int extended, RoundRules open) {
        if (plans.of(run).devices().dependsOnAttributes()) {
            BitSet asked = stored.find(run, round).orElseThrow().asked();
            asked.andNot(leftOut(run));
            return new Draw(round, extended, asked);
        }
        BitSet active = eligible(run, round, extended, open);
        BitSet sampled =
                MemberDraw.draw(active, open, extended > 0, plans.of(run).seed(), round);
        return new Draw(round, extended, sampled);
    }

    /**
     * Returns the ordinals of the members that were at fault in cohorts, or that have spent their privacy budgets,
     * including in other runs.
     */
    private BitSet leftOut(long run) {
        BitSet leftOut = spending.spent(run);
        if (plans.of(run).secureAggregation() != null) {
            leftOut.or(faults.leftOut(run));
        }
        return leftOut;
    }

    /**
     * Returns the ordinals of the members that a round may ask: in a crossover experiment, those whose turn
     * it is. A round may ask all members if it was extended or has fewer members than it needs messages,
     * because it could not close otherwise.
     */
    private BitSet eligible(long run, int round, int extended, RoundRules open) {
        BitSet active = members.active(run, round);
        active.andNot(leftOut(run));
        DeviceTurns turns = plans.of(run).devices().turns();
        if (turns == null || extended > 0) {
            return active;
        }
        BitSet inTurn = members.inTurn(run, round, turns);
        return inTurn.cardinality() < open.minParticipants() ? active : inTurn;
    }

    /**
     * Draws the members of a newly opened or extended round, if the draw depends on attributes. Works in the
     * transaction that opened or extended it.
     *
     * @return the draw; empty if it does not depend on attributes and so can be repeated at any time
     */
    public Optional<RoundDraw> draw(Run run) {
        return draw(run, candidates(run.id(), run.round()));
    }

    /** Admits the members that wait for the next round to a round that was just extended, and draws its members. */
    public void extend(Run run) {
        members.admit(run.id(), run.round());
        draw(run);
    }

    /**
     * Reads the candidates of a round, if the draw depends on attributes, so that a later {@link #draw(Run, Optional)}
     * holds the run's lock only for a short time.
     */
    public Optional<DrawCandidates> candidates(long run, int round) {
        return stored.candidates(run, round);
    }

    /** Draws as {@link #draw(Run)} does, from candidates that were read before. */
    public Optional<RoundDraw> draw(Run run, Optional<DrawCandidates> candidates) {
        return stored.draw(run, rules.open(run), candidates);
    }

    public void forget(long run) {
        draws.remove(run);
        silent.remove(run);
    }
}
