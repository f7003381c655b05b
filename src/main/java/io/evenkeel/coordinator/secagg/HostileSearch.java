package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.core.secagg.Accusation;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.CohortSuspects;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Searches over the rounds of a run for devices that send wrong shares. Stores the evidence from each cohort, and uses
 * {@link CohortSuspects} to select the members that the next cohort excludes. Works in the caller's transaction, under
 * the run's lock. Thread-safe.
 */
@Component
public class HostileSearch {

    /** Accusations that involve more devices are not stored, because the search would take too long. */
    private static final int MAX_OTHERS = 64;

    private final EvidenceTable evidence;
    private final CohortTable cohort;
    private final CohortFaults faults;
    private final RoundMembers members;
    private final PlanCache plans;
    private final RunRules rules;

    HostileSearch(
            EvidenceTable evidence,
            CohortTable cohort,
            CohortFaults faults,
            RoundMembers members,
            PlanCache plans,
            RunRules rules) {
        this.evidence = evidence;
        this.cohort = cohort;
        this.faults = faults;
        this.members = members;
        this.plans = plans;
        this.rules = rules;
    }

    /**
     * Chooses which members a cohort excludes.
     *
     * @param present the ordinals of the members that could be in the cohort; their keys must be stored
     */
    CohortSuspects.Choice choose(Run run, Attempt attempt, Collection<Integer> present) {
        Map<String, Integer> ordinals = new TreeMap<>();
        identities(attempt).forEach((ordinal, identity) -> {
            if (present.contains(ordinal)) {
                ordinals.put(identity, ordinal);
            }
        });
        int spare = present.size() - rules.open(run).minParticipants();
        return suspects(run, present.size()).choose(ordinals, spare, run.round());
    }

    /** Stores the evidence from the end of an attempt whose frames still exist. */
    void ended(Run run, Attempt attempt, List<Accusation> accusations, boolean hasSum) {
        CohortSuspects before = suspects(run, attempt.advertised());
        if (accusations.isEmpty() && !before.isOpen()) {
            return;
        }
        Map<Integer, String> identities = identities(attempt);
        for (Accusation accusation : Set.copyOf(accusations)) {
            if (accusation.others().size() <= MAX_OTHERS) {
                evidence.insert(run.id(), evidence(run, hasSum, accusation, identities));
            }
        }
        Set<String> absent = new TreeSet<>(before.involved());
        absent.removeAll(identities.values());
        CohortSuspects.Evidence sum = new CohortSuspects.Evidence(run.round(), true, "", absent, 0);
        if (hasSum && !absent.isEmpty() && !before.hadSumWithout(absent)) {
            evidence.insert(run.id(), sum);
        }
    }

    /** Returns whether the search continues and may lose rounds: a suspicion is open and a member can be excluded. */
    public boolean isUnderWay(Run run) {
        return spare(run) > 0
                && suspects(run, rules.open(run).minParticipants()).isOpen();
    }

    /** Returns advice to the operator if no member can be excluded; empty if one can. */
    String advice(Run run) {
        return spare(run) > 0
                ? ""
                : "; with one member more than participants.min the coordinator would exclude each in turn and find"
                        + " who sent wrong shares: let another device join";
    }

    /** Returns how many members may be missing from a cohort in which all others answer. */
    private int spare(Run run) {
        return members.staying(run.id())
                - faults.leftOut(run.id()).cardinality()
                - rules.open(run).minParticipants();
    }

    private CohortSuspects suspects(Run run, int cohortSize) {
        SecureAggregationTerms terms = Objects.requireNonNull(plans.of(run).secureAggregation());
        return new CohortSuspects(
                evidence.list(run.id()),
                faults.identitiesLeftOut(run.id()),
                CohortParameters.colluding(cohortSize, terms.collusion()));
    }

    private Map<Integer, String> identities(Attempt attempt) {
        return cohort.keys(attempt.id()).stream()
                .collect(Collectors.toMap(SignedAdvertisement::member, keys -> CohortTable.hex(keys.identity())));
    }

    private static CohortSuspects.Evidence evidence(
            Run run, boolean hasSum, Accusation accusation, Map<Integer, String> identities) {
        return new CohortSuspects.Evidence(
                run.round(),
                hasSum,
                Objects.requireNonNull(identities.get(accusation.owner())),
                accusation.others().stream()
                        .map(other -> Objects.requireNonNull(identities.get(other)))
                        .collect(Collectors.toSet()),
                accusation.needed());
    }
}
