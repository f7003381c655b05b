package io.evenkeel.engine.secagg;

import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.run.CurrentRound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a step of an attempt is over, and which action comes next.
 *
 * <p>The first step takes as long as a round, since devices compute before it: until the cohort has the maximum number
 * of members, or all members asked have sent keys, or the round's time is up. In a later attempt the messages are
 * already computed, so with the minimum number of members it takes no longer than the other steps. Those end with their
 * last member, or when their time is up. The first step also ends if the members asked are too few for a cohort while
 * others wait for the next round, because only a new attempt asks the waiting ones.
 *
 * @param rules the rules of the open round
 * @param terms the run's terms of secure aggregation
 */
public record AttemptRules(RoundRules rules, SecureAggregationTerms terms) {

    /**
     * The members of a cohort.
     *
     * @param members their ordinals
     * @param threshold the number of shares that reveal a secret
     */
    public record Cohort(List<Integer> members, int threshold) {}

    /**
     * Returns whether the step may be over, from counters only.
     *
     * @param attempt null if no device has sent anything
     * @param skips whether the round must be skipped
     */
    public boolean mayEnd(
            @Nullable Attempt attempt, CurrentRound round, AskedMembers asked, BooleanSupplier skips, Instant now) {
        if (isTimeUp(round, now)) {
            return attempt == null || !attempt.phase().isOver();
        }
        if (attempt == null) {
            return asked.needOthers(rules.minParticipants()) || skips.getAsBoolean();
        }
        return switch (attempt.phase()) {
            case KEYS ->
                isFull(attempt)
                        || (hasEnough(attempt)
                                && (isLate(attempt, now)
                                        || attempt.advertised()
                                                        + asked.leavers().cardinality()
                                                        + asked.declined().cardinality()
                                                        + asked.silent().cardinality()
                                                >= asked.sampled().cardinality()))
                        || asked.needOthers(rules.minParticipants())
                        || skips.getAsBoolean();
            case SHARES, MASKED -> attempt.missing() <= 0;
            case REVEAL -> attempt.hasEnoughReveals();
            case DONE, FAILED -> false;
        };
    }

    /**
     * Returns whether a step is over; the last one is over when its time is up without enough reveals.
     *
     * @param asked the members asked, in the first step
     * @param sent the members that have sent keys, in the first step
     */
    public boolean isOver(Attempt attempt, CurrentRound round, AskedMembers asked, BitSet sent, Instant now) {
        return switch (attempt.phase()) {
            case KEYS ->
                isTimeUp(round, now)
                        || isFull(attempt)
                        || (hasEnough(attempt)
                                && (isLate(attempt, now) || (minTimePassed(round, now) && allAnswered(asked, sent))))
                        || asked.needOthers(rules.minParticipants());
            case SHARES, MASKED -> isTimeUp(round, now) || attempt.missing() <= 0;
            case REVEAL -> isTimeUp(round, now) && !attempt.hasEnoughReveals();
            case DONE, FAILED -> false;
        };
    }

    /**
     * Returns the members that have missed the round, at the end of its first step; empty if the round is not
     * counted, because the cohort is full or others are needed.
     */
    public Optional<BitSet> missed(Attempt attempt, AskedMembers asked, BitSet sent) {
        boolean counts = attempt.phase() == AttemptPhase.KEYS
                && attempt.number() == 0
                && !isFull(attempt)
                && !asked.needOthers(rules.minParticipants());
        return counts ? Optional.of(asked.missing(sent)) : Optional.empty();
    }

    /**
     * Returns the senders of keys that one cohort can have. A device trusts only its own owner. If several
     * owners have large enough cohorts, they take turns.
     *
     * @param byOwner the ordinals of the senders, by their owners
     */
    public List<Integer> ofOneOwner(SortedMap<String, List<Integer>> byOwner, int round) {
        Collection<List<Integer>> all = byOwner.values();
        List<List<Integer>> large = all.stream()
                .filter(members -> members.size() >= rules.minParticipants())
                .toList();
        return large.isEmpty()
                ? all.stream()
                        .reduce((one, other) -> other.size() > one.size() ? other : one)
                        .orElse(List.of())
                : large.get(round % large.size());
    }

    /** Returns the cohort of some senders of keys; empty if they are too few. */
    public Optional<Cohort> cohort(List<Integer> senders) {
        List<Integer> chosen = new ArrayList<>(senders);
        Optional<CohortParameters> parameters = terms.parameters(chosen.size());
        while (parameters.isEmpty() && chosen.size() > terms.minMembers()) {
            // Rounding up the tolerated dropout and collusion can leave some cohort size without parameters.
            chosen.remove(chosen.size() - 1);
            parameters = terms.parameters(chosen.size());
        }
        return parameters.map(found -> new Cohort(List.copyOf(chosen), found.threshold()));
    }

    /**
     * Decides the next action after the first step.
     *
     * @param cohort the cohort; empty if there is none
     * @param senders the number of senders of keys that could have been in it
     * @param advice the advice to the operator if there are too few of them
     * @param maskedAttempts the number of attempts of the round in which members sent masked vectors
     */
    public AttemptEnd afterKeys(Optional<Cohort> cohort, int senders, String advice, int maskedAttempts) {
        return cohort.isPresent()
                ? next(AttemptPhase.SHARES)
                : failed(tooFew(senders, rules.minParticipants(), "sent keys") + advice, maskedAttempts);
    }

    /** Decides the next action after one of the later steps. */
    public AttemptEnd after(Attempt attempt, int maskedAttempts) {
        // There are enough members for a sum, and enough to reveal it.
        int needed = Math.max(rules.minParticipants(), attempt.needed());
        return switch (attempt.phase()) {
            case SHARES ->
                attempt.sharing() >= needed
                        ? next(AttemptPhase.MASKED)
                        : failed(tooFew(attempt.sharing(), needed, "shared their secrets"), maskedAttempts);
            case MASKED ->
                attempt.masked() >= needed
                        // Twice the time, because without enough reveals the round is lost.
                        ? new AttemptEnd.Next(
                                AttemptPhase.REVEAL, terms.phaseTime().multipliedBy(2))
                        : failed(tooFew(attempt.masked(), needed, "sent a vector"), maskedAttempts);
            case REVEAL ->
                new AttemptEnd.GiveUp(attempt.revealed() + " of " + attempt.masked()
                        + " members revealed their shares, which is too few");
            case KEYS, DONE, FAILED ->
                throw new IllegalStateException("attempt " + attempt.id() + " is in " + attempt.phase());
        };
    }

    private AttemptEnd next(AttemptPhase phase) {
        return new AttemptEnd.Next(phase, terms.phaseTime());
    }

    /** Devices mask their messages in a limited number of attempts. */
    private static AttemptEnd failed(String why, int maskedAttempts) {
        return maskedAttempts >= CohortRules.MAX_MASKED_ATTEMPTS
                ? new AttemptEnd.GiveUp("in " + CohortRules.MAX_MASKED_ATTEMPTS + " attempts " + why)
                : new AttemptEnd.Again(why);
    }

    private static String tooFew(int members, int needed, String what) {
        return "only " + members + " of at least " + needed + " members " + what;
    }

    private boolean isFull(Attempt attempt) {
        return attempt.advertised() >= rules.maxParticipants();
    }

    private boolean hasEnough(Attempt attempt) {
        return attempt.advertised() >= rules.minParticipants();
    }

    private boolean isLate(Attempt attempt, Instant now) {
        return attempt.number() > 0 && !now.isBefore(attempt.since().plus(terms.phaseTime()));
    }

    private boolean minTimePassed(CurrentRound round, Instant now) {
        Instant opened = round.openedAt();
        return opened == null || !now.isBefore(opened.plus(rules.minTime()));
    }

    private static boolean allAnswered(AskedMembers asked, BitSet sent) {
        BitSet missing = asked.missing(sent);
        missing.andNot(asked.silent());
        return missing.isEmpty();
    }

    /** Returns whether the time of a round's open step is up. */
    public static boolean isTimeUp(CurrentRound round, Instant now) {
        Instant deadline = round.deadline();
        return deadline != null && !now.isBefore(deadline);
    }
}
